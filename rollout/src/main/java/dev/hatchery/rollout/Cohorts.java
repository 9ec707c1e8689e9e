package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who is in which stage, fixed when the rollout is planned: labels that change later move nobody.
 *
 * @param seed that they were drawn by; {@code coverage} and it are absent for a rollout from before
 *     there were strata
 * @param fleet every device of the rollout; a stage is a prefix
 * @param sizes how many devices have the target when the stage is full, for each stage; they only
 *     grow
 * @param coverage what the canaries can show
 */
public record Cohorts(
    OptionalLong seed, List<DeviceId> fleet, List<Integer> sizes, Optional<Coverage> coverage) {
  public Cohorts {
    fleet = List.copyOf(fleet);
    sizes = List.copyOf(sizes);
    int before = 0;
    for (int size : sizes) {
      if (size < before || size > fleet.size()) {
        throw new IllegalArgumentException("stages of " + sizes + " in " + fleet.size());
      }
      before = size;
    }
  }

  /** The devices of a stage and of those before it. */
  public List<DeviceId> of(int stage) {
    return fleet.subList(0, sizes.get(stage));
  }
}

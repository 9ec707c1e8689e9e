package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who is in which stage, fixed when the rollout is planned: labels that change later move nobody,
 * and devices that join later are put where they move nobody either.
 *
 * @param seed that they were drawn by; {@code coverage} and it are absent for a rollout from before
 *     there were strata
 * @param fleet every device of the rollout; a stage is a prefix
 * @param sizes how many devices have the target when the stage is full, for each stage; they only
 *     grow
 * @param coverage what the canaries can show
 * @param control devices that no stage but the last has, to compare with
 * @param likeness who may stand in for whom
 * @param replaced who has
 */
public record Cohorts(
    OptionalLong seed,
    List<DeviceId> fleet,
    List<Integer> sizes,
    Optional<Coverage> coverage,
    List<DeviceId> control,
    Likeness likeness,
    List<Replacement> replaced) {
  public Cohorts {
    fleet = List.copyOf(fleet);
    control = List.copyOf(control);
    sizes = List.copyOf(sizes);
    replaced = List.copyOf(replaced);
    if (likeness.known() && likeness.places().size() != fleet.size()) {
      throw new IllegalArgumentException("kinds of " + likeness.places().size() + " devices");
    }
    int before = 0;
    for (int size : sizes) {
      if (size < before || size > fleet.size()) {
        throw new IllegalArgumentException("stages of " + sizes + " in " + fleet.size());
      }
      before = size;
    }
  }

  /** Where nobody stands in for anybody. */
  public Cohorts(
      OptionalLong seed,
      List<DeviceId> fleet,
      List<Integer> sizes,
      Optional<Coverage> coverage,
      List<DeviceId> control) {
    this(seed, fleet, sizes, coverage, control, Likeness.UNKNOWN, List.of());
  }

  /** The devices of a stage and of those before it. */
  public List<DeviceId> of(int stage) {
    return fleet.subList(0, sizes.get(stage));
  }

  /**
   * With devices that joined while a stage runs: they belong to the stage before it, which has
   * passed; to the last one while none has.
   */
  Cohorts joined(List<DeviceId> newcomers, int running) {
    int stage = running > 0 ? running - 1 : sizes.size() - 1;
    List<DeviceId> all = new ArrayList<>(fleet);
    all.addAll(sizes.get(stage), newcomers);
    List<Integer> grown = new ArrayList<>(sizes);
    for (int i = stage; i < grown.size(); i++) grown.set(i, grown.get(i) + newcomers.size());
    List<Integer> kinds = new ArrayList<>(likeness.places());
    if (likeness.known())
      kinds.addAll(sizes.get(stage), Collections.nCopies(newcomers.size(), Likeness.NONE));
    return new Cohorts(
        seed, all, grown, coverage, control, new Likeness(likeness.kinds(), kinds), replaced);
  }

  /**
   * With two devices of one kind in each other's place. Every stage keeps its size and has of each
   * kind what it had, and each stage still contains the one before.
   */
  Cohorts swapped(int place, int other, Replacement why) {
    List<DeviceId> all = new ArrayList<>(fleet);
    Collections.swap(all, place, other);
    List<Replacement> told = new ArrayList<>(replaced);
    told.add(why);
    return new Cohorts(seed, all, sizes, coverage, control, likeness, told);
  }
}

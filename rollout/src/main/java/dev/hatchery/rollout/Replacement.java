package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;

/**
 * That a device slept when its stage was to be ordered, and one like it took its place.
 *
 * @param stage that it was drawn for
 * @param until when it wakes, by its own clock
 * @param instead comes in its place; the sleeper comes with the later stage of that one
 * @param like what both have in common; empty where no stratum tells devices apart
 */
public record Replacement(
    Name stage, DeviceId sleeper, String until, DeviceId instead, String like) {
  @Override
  public String toString() {
    return sleeper
        + " sleeps until "
        + until
        + ": "
        + instead
        + (like.isEmpty() ? "" : " (" + like + ")")
        + " in its place in stage "
        + stage;
  }
}

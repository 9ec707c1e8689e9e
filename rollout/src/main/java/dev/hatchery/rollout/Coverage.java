package dev.hatchery.rollout;

import dev.hatchery.core.Name;
import java.util.List;

/**
 * What the devices that were drawn first can show, and what they cannot.
 *
 * @param stage the first that is drawn by chance; where all are chosen by selectors, the first
 * @param devices of that stage
 * @param drawn how many of them chance has drawn; a selector chose the others
 * @param from how many devices they were drawn from
 * @param strata every stratum there is, whether it has a device in the stage or not
 */
public record Coverage(Name stage, int devices, int drawn, int from, List<Stratum> strata) {
  private static final int A_TENTH = 10;

  /**
   * Devices that have one value of one dimension.
   *
   * @param devices how many there are in the fleet
   * @param sampled how many of them are in the stage
   */
  public record Stratum(String dimension, String value, int devices, int sampled) {
    public boolean covered() {
      return sampled > 0;
    }

    @Override
    public String toString() {
      return dimension + "=" + value;
    }
  }

  public Coverage {
    strata = List.copyOf(strata);
  }

  /**
   * How likely none of the devices drawn has a fault that sits on a tenth of the devices: exact for
   * drawing without replacement, (1-f)^D for a large fleet (gates reference, section 5).
   */
  public double missChance() {
    if (drawn == 0) return 1;
    return Bounds.none(from, faulty(), drawn);
  }

  // Rounded down: a fault that is rarer is missed more often, so this promises no more than it may.
  private int faulty() {
    return Math.max(1, from / A_TENTH);
  }

  /** {@code these 5 miss a fault that hits a tenth of the devices 59% of the time}. */
  public String missed() {
    if (drawn == 0) {
      return "a selector chose "
          + (devices == 1 ? "this 1" : "these " + devices)
          + "; how likely they miss a fault of other devices is not known";
    }
    if (drawn == from) return "no fault is missed for want of a device: " + whole();
    String fault = from < A_TENTH ? "1 of " + from + " devices" : "a tenth of the devices";
    return (drawn == 1 ? "this 1 misses" : "these " + drawn + " miss")
        + " a fault that hits "
        + fault
        + " "
        + percent()
        + " of the time";
  }

  private String whole() {
    return drawn == 1 ? "this 1 is all there is" : "these " + drawn + " are all there are";
  }

  private String percent() {
    double chance = missChance() * 100;
    return chance < 1 ? "less than 1%" : Math.round(chance) + "%";
  }
}

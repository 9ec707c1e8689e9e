package dev.hatchery.wire.api;

import dev.hatchery.core.Name;
import java.util.List;

/**
 * What the devices that were drawn first can show.
 *
 * @param stage whose devices they are
 * @param devices of that stage
 * @param drawn how many of them chance has drawn, from {@code from} devices
 * @param missChance how likely they miss a fault that sits on a tenth of those
 * @param missed the same in plain words
 * @param strata every one that holds a twentieth of the fleet
 * @param replaced who sleeps and has another in its place, in plain words
 */
public record CoverageView(
    Name stage,
    int devices,
    int drawn,
    int from,
    double missChance,
    String missed,
    List<Stratum> strata,
    List<String> replaced) {
  /**
   * Devices that have one value of one dimension.
   *
   * @param sampled how many of them are in the stage
   */
  public record Stratum(String dimension, String value, int devices, int sampled) {}

  public CoverageView {
    strata = List.copyOf(strata);
    replaced = List.copyOf(replaced);
  }

  /** {@code site=oslo}, … that have a device in the stage; or have none. */
  public List<String> strata(boolean covered) {
    return strata.stream()
        .filter(s -> s.sampled > 0 == covered)
        .map(s -> s.dimension + "=" + s.value)
        .toList();
  }
}

package dev.hatchery.agent.telemetry;

import dev.hatchery.core.Digest;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a service's metrics said at one moment. What it did not say is absent, never zero.
 *
 * @param latency cumulative: upper bound in seconds to requests that took at most that long
 */
public record Scrape(
    OptionalLong requests,
    OptionalLong errors,
    OptionalLong inputs,
    Map<Double, Long> latency,
    Optional<Digest> bundle,
    OptionalDouble started) {
  public Scrape {
    latency = Collections.unmodifiableMap(new TreeMap<>(latency));
  }
}

package dev.hatchery.agent.telemetry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a service's metrics said at one moment. What it did not say is absent, never zero.
 *
 * @param values of the metrics that become readings, by name
 * @param bins answers so far, by kind and bin
 * @param latency cumulative: upper bound in seconds to requests that took at most that long
 */
public record Scrape(
    OptionalLong requests,
    OptionalLong errors,
    OptionalLong inputs,
    Map<Double, Long> latency,
    Optional<Digest> bundle,
    OptionalDouble started,
    Map<String, Sum> values,
    Map<Name, Map<String, Long>> bins) {
  /** A metric's series, added up. */
  public record Sum(double value, int series) {}

  public Scrape {
    latency = Collections.unmodifiableMap(new TreeMap<>(latency));
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    bins = Collections.unmodifiableMap(new TreeMap<>(bins));
  }

  /** One that said nothing of its own. */
  public Scrape(
      OptionalLong requests,
      OptionalLong errors,
      OptionalLong inputs,
      Map<Double, Long> latency,
      Optional<Digest> bundle,
      OptionalDouble started) {
    this(requests, errors, inputs, latency, bundle, started, Map.of(), Map.of());
  }

  // The sum of several gauges means nothing, and two answers are no answer.
  OptionalDouble gauge(String name) {
    Sum sum = values.get(name);
    return sum == null || sum.series != 1 ? OptionalDouble.empty() : OptionalDouble.of(sum.value);
  }
}

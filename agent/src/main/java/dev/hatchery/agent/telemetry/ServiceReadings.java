package dev.hatchery.agent.telemetry;

import dev.hatchery.core.Code;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Refusal;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Which of a service's own numbers become readings. Every metric of the page that begins with
 * {@link #PREFIX} is one without being named: {@code hatchery_kpi_defect_rate} is read as {@code
 * kpi.defect-rate}.
 *
 * @param prefix what the names of those begin with
 */
public record ServiceReadings(Map<Metric, Source> sources, String prefix) {
  public static final String PREFIX = "hatchery_kpi_";
  public static final ServiceReadings NONE = new ServiceReadings(Map.of());

  /** What a shadow is read by: how often its answer was the served one, and its own numbers. */
  static final ServiceReadings OF_SHADOW =
      new ServiceReadings(
          Map.of(
              Metric.SHADOW_AGREEMENT,
              new Source(
                  "hatchery_shadow_agreed_total", Optional.of("hatchery_shadow_compared_total"))),
          "hatchery_shadow_kpi_");

  private static final int MAX = 16;

  /**
   * Where a reading comes from.
   *
   * @param of a gauge; with {@code per}, a counter
   * @param per another counter: the reading is how far the one rose in the window by how far the
   *     other did
   */
  public record Source(String of, Optional<String> per) {}

  public ServiceReadings {
    if (sources.size() > MAX) {
      throw Refusal.of(Code.BAD_SPEC, "a service has too many readings")
          .expected("at most " + MAX)
          .got(sources.size());
    }
    sources = Collections.unmodifiableMap(new TreeMap<>(sources));
  }

  /** Those of a service whose own numbers have the usual names. */
  public ServiceReadings(Map<Metric, Source> sources) {
    this(sources, PREFIX);
  }

  boolean wants(String name) {
    return name.startsWith(prefix)
        || sources.values().stream()
            .anyMatch(s -> s.of.equals(name) || s.per.equals(Optional.of(name)));
  }

  /** What the window between these two scrapes of one run of the service read. */
  Map<Metric, Double> between(Scrape before, Scrape now) {
    Map<Metric, Double> readings = new TreeMap<>();
    for (String name : now.values().keySet()) {
      if (!name.startsWith(prefix)) continue;
      Metric.find(Metric.KPI + name.substring(prefix.length()).replace('_', '-'))
          .ifPresent(m -> now.gauge(name).ifPresent(v -> readings.put(m, v)));
    }
    sources.forEach(
        (metric, source) ->
            (source.per.isEmpty()
                    ? now.gauge(source.of)
                    : share(before, now, source.of, source.per.get()))
                .ifPresent(v -> readings.put(metric, v)));
    return readings;
  }

  private static OptionalDouble share(Scrape before, Scrape now, String of, String per) {
    OptionalDouble top = rise(before, now, of);
    OptionalDouble bottom = rise(before, now, per);
    return top.isEmpty() || bottom.isEmpty() || bottom.getAsDouble() <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(top.getAsDouble() / bottom.getAsDouble());
  }

  private static OptionalDouble rise(Scrape before, Scrape now, String name) {
    Scrape.Sum from = before.values().get(name);
    Scrape.Sum to = now.values().get(name);
    if (from == null || to == null || to.value() < from.value()) return OptionalDouble.empty();
    return OptionalDouble.of(to.value() - from.value());
  }
}

package dev.hatchery.agent.telemetry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Readings;
import dev.hatchery.core.Window;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One slot's windows. Each is the difference of two scrapes of the same run of the service with the
 * same bundle; what lies between two runs or two bundles belongs to neither and is left out. After
 * a restart the new run's counters began at zero, so its first window is what they say.
 *
 * <p>Not thread-safe: one slot, one thread.
 */
public final class Windows {
  private final Name slot;
  private final String bootId;
  private final LongSupplier index;
  private final ServiceReadings service;
  private final BinWatch bins = new BinWatch();
  private @Nullable Point last;
  // When the service or its bundle was last new; only the monotonic clock is compared.
  private long coldNanos;

  private static final MathContext DIGITS = new MathContext(4);

  private record Point(Scrape scrape, Instant at, long nanos) {}

  /**
   * @param index numbers the windows of all slots of this boot
   */
  public Windows(Name slot, String bootId, LongSupplier index) {
    this(slot, bootId, index, ServiceReadings.NONE);
  }

  /** The same for a service with numbers of its own. */
  public Windows(Name slot, String bootId, LongSupplier index, ServiceReadings service) {
    this.service = service;
    this.slot = slot;
    this.bootId = bootId;
    this.index = index;
  }

  /**
   * Ends a window and begins the next.
   *
   * @param warmUp how long after a start or a switch windows do not count
   * @return empty when there is nothing that could be attributed to one bundle
   */
  public Optional<Window> take(Scrape scrape, Instant at, long nanos, Duration warmUp) {
    return take(scrape, Map.of(), at, nanos, warmUp);
  }

  /** The same, of a window in which this was read of the host. */
  public Optional<Window> take(
      Scrape scrape, Map<Metric, Double> host, Instant at, long nanos, Duration warmUp) {
    Point before = last;
    Point now = new Point(scrape, at, nanos);
    if (before != null && nanos <= before.nanos) return Optional.empty();
    last = now;
    if (before == null) {
      coldNanos = nanos - age(now, warmUp);
      return Optional.empty();
    }
    boolean restarted = restarted(before.scrape, scrape);
    boolean switched = !before.scrape.bundle().equals(scrape.bundle());
    if (restarted || switched) coldNanos = nanos;
    if (restarted || switched) bins.reset();
    if (switched) return Optional.empty();
    boolean warm = !restarted && before.nanos - coldNanos >= warmUp.toNanos();
    return window(before, now, host, restarted, warm);
  }

  // Of a service that was there before the agent, only its own word tells how old it is.
  private static long age(Point now, Duration warmUp) {
    if (now.scrape.started().isEmpty()) return 0;
    double seconds = now.at.toEpochMilli() / 1e3 - now.scrape.started().getAsDouble();
    return (long) (Math.clamp(seconds, 0, warmUp.toMillis() / 1e3) * 1e9);
  }

  private static boolean restarted(Scrape before, Scrape now) {
    return (before.started().isPresent()
            && now.started().isPresent()
            && before.started().getAsDouble() != now.started().getAsDouble())
        || fell(before.requests(), now.requests())
        || fell(before.inputs(), now.inputs());
  }

  private static boolean fell(OptionalLong before, OptionalLong now) {
    return before.isPresent() && now.isPresent() && now.getAsLong() < before.getAsLong();
  }

  private Optional<Window> window(
      Point before, Point now, Map<Metric, Double> host, boolean restarted, boolean warm) {
    Scrape zero = restarted ? NOTHING : before.scrape;
    Optional<Digest> bundle = now.scrape.bundle();
    OptionalLong requests = delta(zero.requests(), now.scrape.requests());
    OptionalLong errors = delta(zero.errors(), now.scrape.errors());
    // Without these two nothing can be said, and silence is what a gate must see.
    if (bundle.isEmpty() || requests.isEmpty() || errors.isEmpty()) return Optional.empty();
    LatencyHistogram latency = latency(zero.latency(), now.scrape.latency());
    long number = index.getAsLong();
    return Optional.of(
        new Window(
            slot,
            bundle.get(),
            number,
            before.at,
            Duration.ofMillis(Math.max(1, (now.nanos - before.nanos) / 1_000_000)),
            warm,
            delta(zero.inputs(), now.scrape.inputs()).orElse(0),
            // An inference that began in the window before may fail in this one.
            Math.max(requests.getAsLong(), errors.getAsLong()),
            errors.getAsLong(),
            restarted ? 1 : 0,
            latency,
            sample(latency, number),
            readings(host, zero, now.scrape, warm)));
  }

  // What a device cannot mean is left out here: one odd number must not cost the whole report.
  private Readings readings(Map<Metric, Double> host, Scrape before, Scrape now, boolean warm) {
    Map<Metric, Double> all = new TreeMap<>(host);
    all.putAll(service.between(before, now));
    all.replaceAll((_, value) -> rounded(value));
    all.entrySet().removeIf(e -> !e.getKey().allows(e.getValue()));
    while (all.size() > Readings.MAX) all.remove(lastOf(all));
    return new Readings(all, warm ? bins.add(before.bins(), now.bins()) : Map.of());
  }

  private static Metric lastOf(Map<Metric, Double> readings) {
    return readings.keySet().stream().max(Comparator.naturalOrder()).orElseThrow();
  }

  // No gate sees a difference of a thousandth; reports stay small.
  private static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
  }

  private static final Scrape NOTHING =
      new Scrape(
          OptionalLong.of(0),
          OptionalLong.of(0),
          OptionalLong.of(0),
          Map.of(),
          Optional.empty(),
          OptionalDouble.empty());

  private static OptionalLong delta(OptionalLong before, OptionalLong now) {
    if (before.isEmpty() || now.isEmpty()) return OptionalLong.empty();
    return OptionalLong.of(Math.max(0, now.getAsLong() - before.getAsLong()));
  }

  // A foreign bucket's requests count as slow as its upper bound: the estimate may only be too bad.
  private static LatencyHistogram latency(Map<Double, Long> before, Map<Double, Long> now) {
    Map<Integer, Long> counts = new TreeMap<>();
    long below = 0;
    for (var entry : now.entrySet()) {
      long upTo = Math.max(0, entry.getValue() - before.getOrDefault(entry.getKey(), 0L));
      long here = upTo - below;
      if (here > 0) counts.merge(LatencyHistogram.bucketOf(entry.getKey()), here, Long::sum);
      below = Math.max(below, upTo);
    }
    return new LatencyHistogram(counts);
  }

  // The lot must not be ours to choose, and the same for whoever asks again.
  private OptionalInt sample(LatencyHistogram latency, long number) {
    long total = latency.total();
    if (total == 0) return OptionalInt.empty();
    byte[] lot = Digest.of((bootId + ":" + number).getBytes(StandardCharsets.UTF_8)).bytes();
    long rank = 1 + Long.remainderUnsigned(ByteBuffer.wrap(lot).getLong(), total);
    return latency.bucketAtRank(rank);
  }
}

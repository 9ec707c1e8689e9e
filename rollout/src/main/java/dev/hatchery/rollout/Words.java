package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Metric;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.stream.Collectors;

/** Figures as people read them, in verdicts' reasons and decisions' summaries. */
final class Words {
  private static final int NAMED = 5;

  private Words() {}

  static String devices(long n) {
    return n == 1 ? "1 device" : n + " devices";
  }

  /** The first few names; a fleet's worth of them helps nobody. */
  static String names(Collection<DeviceId> devices) {
    return list(devices.stream().map(DeviceId::value).toList());
  }

  static String list(Collection<String> all) {
    String first = all.stream().limit(NAMED).collect(Collectors.joining(", "));
    return all.size() <= NAMED ? first : first + " and " + (all.size() - NAMED) + " more";
  }

  static String percent(double share) {
    return figure(share * 100) + "%";
  }

  /** Three digits that matter, without an exponent where it can be helped. */
  static String figure(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) return String.valueOf(value);
    if (value != 0 && Math.abs(value) < 1e-3) return "below 0.001";
    if (value >= 1e6) return "above 1000000";
    var rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
    return rounded.toPlainString();
  }

  static String moment(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * {@code 4 needed (3 more devices)}.
   *
   * @param how how they come to be; may be empty
   */
  static String needed(int have, int need, String how) {
    int more = need - have;
    return need
        + " needed ("
        + more
        + (more == 1 ? " more device" : " more devices")
        + (how.isEmpty() ? "" : ": " + how)
        + ")";
  }

  /** {@code about 40m}: an estimate has no seconds when it is long. */
  static String about(long seconds) {
    Duration time =
        seconds < 120
            ? Duration.ofSeconds(Math.max(1, seconds))
            : Duration.ofMinutes((seconds + 59) / 60);
    return "about " + Durations.format(time);
  }

  /** A metric's value with its unit. */
  static String value(Metric metric, double value) {
    return switch (metric.unit()) {
      case SHARE -> percent(value);
      case CELSIUS -> figure(value) + " °C";
      case EVENTS, SAMPLES, NUMBER -> figure(value);
    };
  }

  /** Whole seconds where it is long enough for them. */
  static String time(Duration duration) {
    return Durations.format(
        duration.toSeconds() == 0 ? duration : Duration.ofSeconds(duration.toSeconds()));
  }
}

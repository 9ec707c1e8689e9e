package dev.hatchery.core;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Durations as people write them in a spec: {@code 90s}, {@code 5m}, {@code 1h}, {@code 7d}, {@code
 * 250ms}.
 */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private Durations() {}

  public static Duration parse(String text) {
    var m = FORM.matcher(text.strip());
    if (!m.matches()) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a duration")
          .expected("a whole number and ms, s, m, h or d, for example 90s")
          .got(text);
    }
    long n = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  /** The largest unit that divides it; {@link #parse} reads it back. */
  public static String format(Duration duration) {
    long ms = duration.toMillis();
    if (ms % 1000 != 0) return ms + "ms";
    long s = ms / 1000;
    if (s == 0 || s % 60 != 0) return s + "s";
    if (s % 86_400 == 0) return s / 86_400 + "d";
    return s % 3600 == 0 ? s / 3600 + "h" : s / 60 + "m";
  }
}

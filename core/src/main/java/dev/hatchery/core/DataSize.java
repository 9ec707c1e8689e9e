package dev.hatchery.core;

import java.util.Locale;
import java.util.regex.Pattern;

/** A number of bytes, never negative. */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB|TiB)");

  public DataSize {
    if (bytes < 0) {
      throw Refusal.of(Code.BAD_INPUT, "a size cannot be negative")
          .expected("0 or more")
          .got(bytes);
    }
  }

  public static DataSize kib(long n) {
    return new DataSize(Math.multiplyExact(n, 1024L));
  }

  public static DataSize mib(long n) {
    return kib(Math.multiplyExact(n, 1024L));
  }

  /**
   * Parses {@code 64 KiB}, {@code 512MiB}, {@code 100 B}; binary units only, so that nobody has to
   * guess.
   */
  public static DataSize parse(String text) {
    var m = FORM.matcher(text.strip());
    if (!m.matches()) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a size")
          .expected("a whole number and B, KiB, MiB, GiB or TiB, for example 64 MiB")
          .got(text);
    }
    int shift =
        switch (m.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case "TiB" -> 40;
          default -> 0;
        };
    try {
      return new DataSize(Math.multiplyExact(Long.parseLong(m.group(1)), 1L << shift));
    } catch (ArithmeticException e) {
      throw Refusal.of(Code.BAD_INPUT, "this size is too large").got(text).cause(e);
    }
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The exact form: the largest unit that divides it. {@link #parse} reads it back. */
  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    long n = bytes;
    while (unit < units.length - 1 && n != 0 && n % 1024 == 0) {
      n /= 1024;
      unit++;
    }
    return n + " " + units[unit];
  }

  /** Rounded, for people: {@code 1.4 MiB}. */
  public String human() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double n = bytes;
    int unit = 0;
    while (n >= 1024 && unit < units.length - 1) {
      n /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", n, units[unit]);
  }
}

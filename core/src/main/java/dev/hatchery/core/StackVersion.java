package dev.hatchery.core;

import java.util.ArrayList;
import java.util.List;

/**
 * What is asked of a part of the accelerator's stack, such as its driver or firmware: a range, and
 * whether it has to be of HailoRT's own version. HailoRT refuses a driver that differs from the
 * library in any of the three numbers (devices reference, section 3, rule 1).
 */
public record StackVersion(VersionRange range, boolean asHailort) {
  public static final StackVersion ANY = new StackVersion(new VersionRange(List.of()), false);

  /** The name of HailoRT's library among the runtimes of a device. */
  public static final String HAILORT = "hailort";

  private static final String SAME = "=" + HAILORT;

  /** Reads {@code =hailort}, {@code >=5.1 <5.3}, or both. */
  public static StackVersion parse(String text) {
    List<String> words = new ArrayList<>(List.of(text.strip().split("\\s+", -1)));
    boolean same = words.removeIf(SAME::equals);
    return new StackVersion(VersionRange.parse(String.join(" ", words)), same);
  }

  @Override
  public String toString() {
    return (asHailort ? SAME + " " + range : range.toString()).strip();
  }
}

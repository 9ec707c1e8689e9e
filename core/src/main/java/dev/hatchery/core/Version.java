package dev.hatchery.core;

import java.util.regex.Pattern;

/** A semantic version (semver 2.0.0) without build metadata, ordered by semver's precedence. */
public record Version(int major, int minor, int patch, String preRelease)
    implements Comparable<Version> {
  private static final Pattern FORM =
      Pattern.compile(
          "(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?");
  private static final int MAX = 128;

  public static Version parse(String text) {
    var m = FORM.matcher(text.length() > MAX ? "" : text);
    if (!m.matches()) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a version")
          .expected("MAJOR.MINOR.PATCH or MAJOR.MINOR.PATCH-pre.release")
          .got(text);
    }
    String pre = m.group(4);
    return new Version(
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        Integer.parseInt(m.group(3)),
        pre == null ? "" : pre);
  }

  @Override
  public int compareTo(Version other) {
    int c = Integer.compare(major, other.major);
    if (c == 0) c = Integer.compare(minor, other.minor);
    if (c == 0) c = Integer.compare(patch, other.patch);
    return c == 0 ? comparePreRelease(preRelease, other.preRelease) : c;
  }

  // semver 2.0.0, 11.3 and 11.4: a pre-release comes before its release; numbers before words.
  private static int comparePreRelease(String a, String b) {
    if (a.equals(b)) return 0;
    if (a.isEmpty()) return 1;
    if (b.isEmpty()) return -1;
    String[] left = a.split("\\.", -1);
    String[] right = b.split("\\.", -1);
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      int c = compareIdentifier(left[i], right[i]);
      if (c != 0) return c;
    }
    return Integer.compare(left.length, right.length);
  }

  private static int compareIdentifier(String a, String b) {
    boolean aNumber = a.chars().allMatch(Character::isDigit);
    boolean bNumber = b.chars().allMatch(Character::isDigit);
    if (aNumber != bNumber) return aNumber ? -1 : 1;
    if (!aNumber) return a.compareTo(b);
    int c = Integer.compare(a.length(), b.length());
    return c == 0 ? a.compareTo(b) : c;
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch + (preRelease.isEmpty() ? "" : "-" + preRelease);
  }
}

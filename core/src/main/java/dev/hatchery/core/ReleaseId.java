package dev.hatchery.core;

/** {@code name@version}: what people call a release. What it is, is its manifest's digest. */
public record ReleaseId(Name name, Version version) implements Comparable<ReleaseId> {
  public static ReleaseId parse(String text) {
    int at = text.indexOf('@');
    if (at < 0) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a release")
          .expected("name@version, for example inspection@1.0.0")
          .got(text);
    }
    return new ReleaseId(new Name(text.substring(0, at)), Version.parse(text.substring(at + 1)));
  }

  @Override
  public int compareTo(ReleaseId other) {
    int c = name.compareTo(other.name);
    return c == 0 ? version.compareTo(other.version) : c;
  }

  @Override
  public String toString() {
    return name + "@" + version;
  }
}

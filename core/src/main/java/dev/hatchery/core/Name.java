package dev.hatchery.core;

import java.util.regex.Pattern;

/**
 * The name of a bundle, slot, channel, stage or rollout: 1 to 63 characters of {@code a-z 0-9 . _
 * -}, beginning and ending with a letter or digit. It is safe as a folder's name and as an OCI
 * repository.
 */
public record Name(String value) implements Comparable<Name> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

  public Name {
    if (!FORM.matcher(value).matches() || value.contains("..")) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a name")
          .expected("1 to 63 characters of a-z 0-9 . _ -, beginning and ending with a-z or 0-9")
          .got(value);
    }
  }

  @Override
  public int compareTo(Name other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

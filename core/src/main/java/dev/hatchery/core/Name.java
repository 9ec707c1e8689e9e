package dev.hatchery.core;

import java.util.regex.Pattern;

/**
 * The name of a bundle, slot, channel, stage or rollout: words of {@code a-z 0-9}, joined by one
 * {@code .}, one or two {@code _}, or any number of {@code -}; 1 to 63 characters. That is one
 * component of an OCI repository's name (distribution-spec 1.1, Pulling manifests), and safe as a
 * folder's name.
 */
public record Name(String value) implements Comparable<Name> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");
  private static final int MAX = 63;

  public Name {
    if (value.length() > MAX || !FORM.matcher(value).matches()) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a name")
          .expected("1 to 63 characters: words of a-z 0-9, joined by . _ __ or -")
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

package dev.hatchery.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A token or passphrase. It prints as {@code ***} and compares in constant time. */
public final class Secret {
  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  /** The secret itself: only for the header, file or key derivation that needs it. */
  public String reveal() {
    return value;
  }

  /** What may be stored where the secret itself may not. */
  public Digest hash() {
    return Digest.of(value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), that.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return 0; // one bucket on purpose: a hash of a secret is not for tables
  }

  @Override
  public String toString() {
    return "***";
  }
}

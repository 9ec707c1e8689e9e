package dev.hatchery.server.auth;

import dev.hatchery.core.Secret;
import java.util.random.RandomGenerator;

/** Makes secrets of 256 random bits in letters and digits. */
public final class Tokens {
  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int CHARACTERS = 43; // 43 × log2(62) > 256

  private Tokens() {}

  /**
   * A new secret.
   *
   * @param prefix tells people and secret scanners what it is, for example {@code hto_}
   * @param random must be cryptographically strong
   */
  public static Secret make(String prefix, RandomGenerator random) {
    var text = new StringBuilder(prefix);
    for (int i = 0; i < CHARACTERS; i++) text.append(BASE62.charAt(random.nextInt(62)));
    return new Secret(text.toString());
  }
}

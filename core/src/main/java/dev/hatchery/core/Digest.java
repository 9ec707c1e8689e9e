package dev.hatchery.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest, the only name by which bytes are known: 64 lower-case hex digits.
 *
 * @param hex without the {@code sha256:} prefix
 */
public record Digest(String hex) implements Comparable<Digest> {
  private static final String PREFIX = "sha256:";

  public Digest {
    if (hex.length() != 64 || !isLowerHex(hex)) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a SHA-256 digest")
          .expected("64 lower-case hex digits")
          .got(hex);
    }
  }

  private static boolean isLowerHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
  }

  /** Parses the OCI form, {@code sha256:<64 hex>}. */
  public static Digest parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a digest Hatchery knows")
          .expected("sha256:<64 lower-case hex digits>")
          .got(text);
    }
    return new Digest(text.substring(PREFIX.length()));
  }

  public static Digest of(byte[] bytes) {
    var running = sha256();
    running.update(bytes);
    return finish(running);
  }

  /** Ends a running SHA-256 and names what it saw. The digest object is reset by this. */
  public static Digest finish(MessageDigest running) {
    return new Digest(HexFormat.of().formatHex(running.digest()));
  }

  /** A new running SHA-256, for bytes that are not in memory at once. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The first 12 digits, for people; never for looking anything up. */
  public String brief() {
    return hex.substring(0, 12);
  }

  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  /** The OCI form, {@code sha256:<hex>}. */
  @Override
  public String toString() {
    return PREFIX + hex;
  }
}

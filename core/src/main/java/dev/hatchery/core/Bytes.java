package dev.hatchery.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Bytes as a value: copied in, copied out, equal by content. Its text form tells the length only.
 */
public final class Bytes {
  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Bytes of(byte[] bytes) {
    return new Bytes(bytes.clone());
  }

  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Standard base64 with padding, in the one form that these bytes have; anything else is refused,
   * so that no bit of a signed document can change unseen.
   */
  public static Bytes base64(String text) {
    try {
      var bytes = new Bytes(Base64.getDecoder().decode(text));
      // The JDK takes missing padding, and lets the last character's unused bits be anything.
      if (bytes.base64().equals(text)) return bytes;
      throw notBase64(text);
    } catch (IllegalArgumentException e) {
      throw notBase64(text).cause(e);
    }
  }

  private static Refusal notBase64(String text) {
    return Refusal.of(Code.BAD_INPUT, "this is not base64")
        .expected("RFC 4648 base64 with padding")
        .got(text);
  }

  public byte[] toArray() {
    return bytes.clone();
  }

  public int size() {
    return bytes.length;
  }

  public String utf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  public Digest digest() {
    return Digest.of(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}

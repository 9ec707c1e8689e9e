package dev.hatchery.agent.peer;

import dev.hatchery.core.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What of a blob may be seen on the LAN: a name and bytes that mean nothing to who does not know
 * the blob's digest. Both are made from the digest, {@code SHA-256(label || 0 || digest)}: the name
 * whole, the key as its first 16 bytes. The bytes are AES-128 in counter mode; the counter block is
 * the position in the blob divided by 16, big-endian. A key is only ever used for the one content
 * that has this digest, so no two contents share a key stream. Whether the bytes are right is not
 * this class's business: their digests are known.
 */
final class Veil {
  private static final String NAME = "hatchery peer name";
  private static final String KEY = "hatchery peer key";
  private static final int BLOCK = 16;

  private Veil() {}

  /** The only thing by which peers ask for a blob. */
  static Digest name(Digest blob) {
    return new Digest(HexFormat.of().formatHex(derived(NAME, blob)));
  }

  /** Veils a blob's bytes from a position on, or lifts the veil: the same operation. */
  static Cipher at(Digest blob, long position) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      byte[] counter = ByteBuffer.allocate(BLOCK).putLong(0).putLong(position / BLOCK).array();
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(Arrays.copyOf(derived(KEY, blob), BLOCK), "AES"),
          new IvParameterSpec(counter));
      cipher.update(new byte[(int) (position % BLOCK)]);
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has AES/CTR", e);
    }
  }

  /** Turns bytes over in place. */
  static void turn(Cipher cipher, byte[] bytes, int length) {
    try {
      int turned = cipher.update(bytes, 0, length, bytes, 0);
      if (turned != length) throw new AssertionError("counter mode keeps nothing back");
    } catch (GeneralSecurityException e) {
      throw new AssertionError("the output is as large as the input", e);
    }
  }

  private static byte[] derived(String label, Digest blob) {
    MessageDigest hash = Digest.sha256();
    hash.update(label.getBytes(StandardCharsets.US_ASCII));
    hash.update((byte) 0);
    return hash.digest(blob.bytes());
  }
}

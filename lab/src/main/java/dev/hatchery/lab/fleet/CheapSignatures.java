package dev.hatchery.lab.fleet;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Digest;
import dev.hatchery.core.TrustedKey;
import java.security.MessageDigest;

/**
 * Signatures that anybody could make, and that fail wherever real ones do: for another message,
 * another key, other bytes. A hash of key and message instead of a curve; nothing but the cost is
 * left out, as nobody in a simulation knows how to forge them.
 */
final class CheapSignatures implements Signatures {
  @Override
  public Bytes sign(SigningKey key, byte[] message) {
    return Bytes.of(tag(key.publicKey(), message));
  }

  @Override
  public boolean verify(TrustedKey key, byte[] message, Bytes signature) {
    return MessageDigest.isEqual(tag(key, message), signature.toArray());
  }

  private static byte[] tag(TrustedKey key, byte[] message) {
    MessageDigest running = Digest.sha256();
    running.update(key.spki().toArray());
    running.update(message);
    return running.digest();
  }
}

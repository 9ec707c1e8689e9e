package dev.hatchery.lab.fleet;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Digest;
import dev.hatchery.core.TrustedKey;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;

/**
 * Signatures that anybody could make, and that fail wherever real ones do: for another message,
 * another key, other bytes. A hash of key and message instead of a curve; nothing but the cost is
 * left out, as nobody in a simulation knows how to forge them.
 *
 * <p>Releases and trust documents come with real ones. Each is checked once, and then known to be
 * good for exactly this key, message and signature.
 */
final class CheapSignatures implements Signatures {
  private final Set<Checked> good = new HashSet<>();

  private record Checked(Digest key, Digest message, Bytes signature) {}

  @Override
  public Bytes sign(SigningKey key, byte[] message) {
    return Bytes.of(tag(key.publicKey(), message));
  }

  @Override
  public boolean verify(TrustedKey key, byte[] message, Bytes signature) {
    if (MessageDigest.isEqual(tag(key, message), signature.toArray())) return true;
    var asked = new Checked(key.id(), Digest.of(message), signature);
    if (good.contains(asked)) return true;
    boolean real = REAL.verify(key, message, signature);
    if (real) good.add(asked);
    return real;
  }

  private static byte[] tag(TrustedKey key, byte[] message) {
    MessageDigest running = Digest.sha256();
    running.update(key.spki().toArray());
    running.update(message);
    return running.digest();
  }
}

package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Signs and checks DSSE 1.0 envelopes. */
public final class Dsse {
  private Dsse() {}

  /** Every key signs the same payload. */
  public static Envelope sign(String payloadType, byte[] payload, SigningKey... keys) {
    return sign(payloadType, payload, List.of(keys));
  }

  public static Envelope sign(String payloadType, byte[] payload, List<SigningKey> keys) {
    return sign(payloadType, payload, keys, Signatures.REAL);
  }

  /** Signs in another way than the real one. */
  public static Envelope sign(
      String payloadType, byte[] payload, List<SigningKey> keys, Signatures how) {
    byte[] message = Envelope.preAuthEncoding(payloadType, payload);
    List<Envelope.Signature> signatures = new ArrayList<>();
    for (SigningKey key : keys) {
      signatures.add(new Envelope.Signature(key.id().toString(), how.sign(key, message)));
    }
    return new Envelope(payloadType, Bytes.of(payload), signatures);
  }

  /**
   * The payload, if at least {@code threshold} different keys of these signed it. What counts are
   * keys: neither key ids, which are hints, nor signatures, which ECDSA lets anyone vary.
   *
   * @throws Refusal BAD_SIGNATURE when none did, or the envelope is of another type; THRESHOLD when
   *     too few did
   */
  public static byte[] verify(
      Envelope envelope, String expectedType, List<TrustedKey> keys, int threshold) {
    return verify(envelope, expectedType, keys, threshold, Signatures.REAL);
  }

  /** Checks what was signed in another way than the real one. */
  public static byte[] verify(
      Envelope envelope,
      String expectedType,
      List<TrustedKey> keys,
      int threshold,
      Signatures how) {
    if (threshold < 1) throw new IllegalArgumentException("a threshold of " + threshold);
    if (!envelope.payloadType().equals(expectedType)) {
      throw Refusal.of(Code.BAD_SIGNATURE, "this was signed for another purpose")
          .expected(expectedType)
          .got(envelope.payloadType());
    }
    requireThreshold(signers(envelope, keys, how), threshold, "an envelope");
    return envelope.payload().toArray();
  }

  private static Set<Digest> signers(Envelope envelope, List<TrustedKey> keys, Signatures how) {
    byte[] message = Envelope.preAuthEncoding(envelope.payloadType(), envelope.payload().toArray());
    Set<Digest> signers = new TreeSet<>();
    for (Envelope.Signature signature : envelope.signatures()) {
      hintedFirst(keys, signature.keyId())
          .filter(key -> how.verify(key, message, signature.value()))
          .findFirst()
          .ifPresent(key -> signers.add(key.id()));
    }
    return signers;
  }

  // The hint saves work where it is right and changes nothing where it is wrong.
  private static Stream<TrustedKey> hintedFirst(List<TrustedKey> keys, String keyId) {
    return keys.stream().sorted(Comparator.comparing(key -> !key.id().toString().equals(keyId)));
  }

  /** Says what is missing when too few different keys signed. */
  static void requireThreshold(Set<Digest> signers, int threshold, String what) {
    if (signers.size() >= threshold) return;
    boolean none = signers.isEmpty();
    throw Refusal.of(
            none ? Code.BAD_SIGNATURE : Code.THRESHOLD,
            none
                ? what + " has no valid signature of a trusted key"
                : what + " is signed by too few trusted keys")
        .expected(threshold + (threshold == 1 ? " key" : " different keys"))
        .got(signers.size());
  }
}

package dev.hatchery.core;

/**
 * A public key that a trust document names. Its id is the SHA-256 of its SubjectPublicKeyInfo
 * (DER).
 *
 * @param spki SubjectPublicKeyInfo, DER
 */
public record TrustedKey(Algorithm algorithm, Bytes spki) {
  private static final int SPKI_MAX = 1024;

  /** The algorithms a device can check without any library. */
  public enum Algorithm {
    ECDSA_P256,
    ED25519
  }

  public TrustedKey {
    if (spki.size() == 0 || spki.size() > SPKI_MAX) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a public key")
          .expected("a SubjectPublicKeyInfo of 1 to " + SPKI_MAX + " bytes")
          .got(spki);
    }
  }

  public Digest id() {
    return spki.digest();
  }
}

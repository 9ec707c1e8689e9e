package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.json.Json;

/**
 * A signature over bytes that are kept elsewhere, as a Sigstore bundle: the form {@code cosign
 * verify-blob} reads and {@code cosign sign-blob} writes. Holding one says nothing about whether it
 * can be trusted.
 *
 * @param hint which key signed: base64 of the SHA-256 of its SPKI, as cosign writes it too, or
 *     empty; never an identity
 * @param digest SHA-256 of the signed bytes
 * @param signature ECDSA as DER, or Ed25519's 64 bytes
 */
public record SigstoreBundle(String hint, Digest digest, Bytes signature) {
  public static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  /** A bundle's size is capped before it is parsed; ours have 400 bytes. */
  public static final DataSize MAX_SIZE = DataSize.kib(256);

  /**
   * Signs these bytes; the result's {@link #bytes} are what a {@code .sigstore.json} file holds.
   */
  public static SigstoreBundle sign(byte[] message, SigningKey key) {
    return new SigstoreBundle(hint(key.publicKey()), Digest.of(message), key.sign(message));
  }

  /**
   * Reads versions 0.1 to 0.3 strictly.
   *
   * @param source what this is, for messages
   */
  public static SigstoreBundle read(byte[] json, String source) {
    return SigstoreForm.read(Json.parse(json, MAX_SIZE, source));
  }

  /** Version 0.3; the same bundle always gives the same bytes. */
  public byte[] bytes() {
    return Json.write(SigstoreForm.write(this));
  }

  /**
   * Whether this key signed exactly these bytes: hint, digest and signature must all say so (cosign
   * itself looks at the signature only).
   */
  public boolean isSignedBy(TrustedKey key, byte[] message) {
    return isSignedBy(key, message, Signatures.REAL);
  }

  boolean isSignedBy(TrustedKey key, byte[] message, Signatures how) {
    return hintAllows(key)
        && digest.equals(Digest.of(message))
        && how.verify(key, message, signature);
  }

  /** Like {@link #isSignedBy}, but says what is wrong: BAD_SIGNATURE, HASH or WRONG_KEY. */
  public void verify(TrustedKey key, byte[] message) {
    if (!hintAllows(key)) {
      throw Refusal.of(Code.WRONG_KEY, "another key made this signature")
          .expected(hint(key))
          .got(hint);
    }
    if (!digest.equals(Digest.of(message))) {
      throw Refusal.of(Code.HASH, "this signature is for other bytes")
          .expected(digest)
          .got(Digest.of(message));
    }
    if (!PublicKeys.verify(key, message, signature)) {
      throw Refusal.of(Code.BAD_SIGNATURE, "this signature is not valid")
          .expected("by " + key.id());
    }
  }

  // The specification leaves the hint's form open; Hatchery and cosign write the key's hash. Any
  // other
  // text is not let through as a note: a signature file with a flipped bit shall not count.
  private boolean hintAllows(TrustedKey key) {
    return hint.isEmpty() || hint.equals(hint(key));
  }

  private static String hint(TrustedKey key) {
    return Bytes.of(key.id().bytes()).base64();
  }
}

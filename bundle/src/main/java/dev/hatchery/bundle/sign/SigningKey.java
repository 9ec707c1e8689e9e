package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/**
 * A private key that signs. It prints as its public id; its secret leaves it only through {@link
 * #write}.
 */
public final class SigningKey {
  static final String LABEL = "PRIVATE KEY";

  private final PrivateKey secret;
  private final TrustedKey publicKey;

  private SigningKey(PrivateKey secret, TrustedKey publicKey) {
    this.secret = secret;
    this.publicKey = publicKey;
  }

  public static SigningKey generate(Algorithm algorithm) {
    try {
      KeyPairGenerator generator =
          switch (algorithm) {
            case ECDSA_P256 -> KeyPairGenerator.getInstance("EC");
            case ED25519 -> KeyPairGenerator.getInstance("Ed25519");
          };
      if (algorithm == Algorithm.ECDSA_P256) {
        generator.initialize(new ECGenParameterSpec(P256.NAME));
      }
      var pair = generator.generateKeyPair();
      return new SigningKey(
          pair.getPrivate(), PublicKeys.of(Bytes.of(pair.getPublic().getEncoded())));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK 25 has P-256 and Ed25519", e);
    }
  }

  /** Reads an unencrypted PKCS#8 PEM file, as {@link #write} or openssl makes it. */
  public static SigningKey read(Path file) {
    return parse(PublicKeys.text(file), file.toString());
  }

  /**
   * Parses an unencrypted PKCS#8 PEM block.
   *
   * @param source what this is, for messages
   */
  public static SigningKey parse(String pem, String source) {
    byte[] der = Pem.read(LABEL, pem, source);
    try {
      PrivateKey secret = PrivateKeys.load(der);
      TrustedKey publicKey = PrivateKeys.publicKeyOf(secret);
      var key = new SigningKey(secret, publicKey);
      key.proveItself();
      return key;
    } catch (GeneralSecurityException e) {
      // No cause and no detail: both could quote the key.
      throw PublicKeys.wrongKey().at(source).got("a private key of another kind, or a broken one");
    } catch (Refusal refusal) {
      throw refusal.problem().where().isEmpty() ? refusal.at(source) : refusal;
    } finally {
      Pem.wipe(der);
    }
  }

  /**
   * Writes unencrypted PKCS#8 PEM that only its owner can read, from its first byte on. The file
   * must not exist.
   */
  public void write(Path file) {
    NewFile.write(file, pem().getBytes(StandardCharsets.US_ASCII), NewFile.PRIVATE);
  }

  /** The secret itself. */
  String pem() {
    byte[] der = secret.getEncoded();
    try {
      return Pem.write(LABEL, der);
    } finally {
      Pem.wipe(der);
    }
  }

  public TrustedKey publicKey() {
    return publicKey;
  }

  public Digest id() {
    return publicKey.id();
  }

  /** SHA256withECDSA as DER, or Ed25519's 64 bytes. */
  public Bytes sign(byte[] message) {
    return sign(PublicKeys.signatureName(publicKey.algorithm()), message);
  }

  /** With ECDSA as r||s, which JOSE uses. */
  Bytes signRaw(byte[] message) {
    return sign(PublicKeys.rawSignatureName(publicKey.algorithm()), message);
  }

  private Bytes sign(String name, byte[] message) {
    try {
      Signature signer = Signature.getInstance(name);
      signer.initSign(secret);
      signer.update(message);
      return Bytes.of(signer.sign());
    } catch (GeneralSecurityException e) {
      throw Refusal.of(Code.WRONG_KEY, "this key cannot sign").got(id()).cause(e);
    }
  }

  // The public half was computed, so it is not believed before it has checked a signature.
  private void proveItself() {
    byte[] message = id().bytes();
    if (!PublicKeys.verify(publicKey, message, sign(message))) {
      throw PublicKeys.wrongKey().got("a private key that does not fit its public half");
    }
  }

  @Override
  public String toString() {
    return "SigningKey[" + publicKey.algorithm() + " " + id() + "]";
  }
}

package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Reads, writes and uses public keys. A key has exactly one encoding here (named curve,
 * uncompressed point), so that one key can never count as two.
 */
public final class PublicKeys {
  static final String LABEL = "PUBLIC KEY";

  // RFC 5480: ecPublicKey, secp256r1, then an uncompressed point (04 x y).
  private static final byte[] P256_HEAD =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
  private static final int P256_SIZE = P256_HEAD.length + 64;
  // RFC 8410: id-Ed25519, then 32 bytes.
  private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int ED25519_SIZE = ED25519_HEAD.length + 32;

  private PublicKeys() {}

  /** Reads an SPKI PEM file, such as {@code cosign.pub} or what openssl writes. */
  public static TrustedKey read(Path file) {
    return parse(text(file), file.toString());
  }

  /**
   * Parses an SPKI PEM block.
   *
   * @param source what this is, for messages
   */
  public static TrustedKey parse(String pem, String source) {
    try {
      return of(Bytes.of(Pem.read(LABEL, pem, source)));
    } catch (Refusal refusal) {
      throw refusal.problem().where().isEmpty() ? refusal.at(source) : refusal;
    }
  }

  /** The key in these bytes (SubjectPublicKeyInfo, DER), fully checked; else WRONG_KEY. */
  public static TrustedKey of(Bytes spki) {
    byte[] der = spki.toArray();
    Algorithm algorithm;
    if (startsWith(der, P256_HEAD) && der.length == P256_SIZE) {
      algorithm = Algorithm.ECDSA_P256;
    } else if (startsWith(der, ED25519_HEAD) && der.length == ED25519_SIZE) {
      algorithm = Algorithm.ED25519;
    } else {
      throw wrongKey().got("another algorithm, curve or encoding, " + spki);
    }
    var key = new TrustedKey(algorithm, spki);
    check(key);
    return key;
  }

  /** Refuses a key that is not what it says: WRONG_KEY. */
  public static void check(TrustedKey key) {
    load(key);
  }

  public static String pem(TrustedKey key) {
    return Pem.write(LABEL, key.spki().toArray());
  }

  /** Writes an SPKI PEM file that cosign and openssl read; the file must not exist. */
  public static void write(TrustedKey key, Path file) {
    NewFile.write(file, pem(key).getBytes(StandardCharsets.US_ASCII), NewFile.PUBLIC);
  }

  /**
   * Whether the key's holder signed these bytes: ECDSA with SHA-256, DER; or Ed25519. A signature
   * of another form is simply none. Throws WRONG_KEY only for the key.
   */
  public static boolean verify(TrustedKey key, byte[] message, Bytes signature) {
    return verify(key, signatureName(key.algorithm()), message, signature);
  }

  /** With ECDSA signatures as r||s, which JOSE uses. */
  static boolean verifyRaw(TrustedKey key, byte[] message, Bytes signature) {
    return verify(key, rawSignatureName(key.algorithm()), message, signature);
  }

  static String signatureName(Algorithm algorithm) {
    return switch (algorithm) {
      case ECDSA_P256 -> "SHA256withECDSA";
      case ED25519 -> "Ed25519";
    };
  }

  static String rawSignatureName(Algorithm algorithm) {
    return switch (algorithm) {
      case ECDSA_P256 -> "SHA256withECDSAinP1363Format";
      case ED25519 -> "Ed25519";
    };
  }

  private static boolean verify(TrustedKey key, String name, byte[] message, Bytes signature) {
    PublicKey loaded = load(key);
    try {
      Signature verifier = Signature.getInstance(name);
      verifier.initVerify(loaded);
      verifier.update(message);
      return verifier.verify(signature.toArray());
    } catch (SignatureException e) {
      return false; // bytes that are no signature at all
    } catch (GeneralSecurityException e) {
      throw wrongKey().got(key.id()).cause(e);
    }
  }

  private static PublicKey load(TrustedKey key) {
    byte[] der = key.spki().toArray();
    try {
      return switch (key.algorithm()) {
        case ECDSA_P256 -> p256(der);
        case ED25519 -> ed25519(der);
      };
    } catch (GeneralSecurityException e) {
      throw wrongKey().got(key.id()).cause(e);
    }
  }

  private static PublicKey p256(byte[] der) throws GeneralSecurityException {
    requireForm(der, P256_HEAD, P256_SIZE);
    PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
    if (!(key instanceof ECPublicKey ec)
        || !P256.sameCurve(ec.getParams())
        || !P256.onCurve(ec.getW())) {
      throw wrongKey().got("a point that is not on the curve");
    }
    return key;
  }

  private static PublicKey ed25519(byte[] der) throws GeneralSecurityException {
    requireForm(der, ED25519_HEAD, ED25519_SIZE);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
  }

  private static void requireForm(byte[] der, byte[] head, int size) {
    if (der.length != size || !startsWith(der, head)) {
      throw wrongKey().got("bytes of another form");
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] head) {
    return bytes.length >= head.length
        && Arrays.equals(bytes, 0, head.length, head, 0, head.length);
  }

  static Refusal wrongKey() {
    return Refusal.of(Code.WRONG_KEY, "this is not a key that Hatchery uses")
        .expected("ECDSA on P-256 (secp256r1, uncompressed) or Ed25519");
  }

  static String text(Path file) {
    try {
      if (Files.size(file) > Pem.MAX) {
        throw wrongKey().at(file.toString()).got("more than " + Pem.MAX + " bytes");
      }
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (CharacterCodingException e) {
      throw wrongKey().at(file.toString()).got("bytes that are not text");
    } catch (NoSuchFileException e) {
      throw Refusal.of(Code.NOT_FOUND, "there is no such key file").at(file.toString()).cause(e);
    } catch (IOException e) {
      throw NewFile.storage("a key file cannot be read", file, e);
    }
  }
}

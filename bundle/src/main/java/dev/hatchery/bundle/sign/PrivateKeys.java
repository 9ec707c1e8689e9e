package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.TrustedKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * Loads PKCS#8 and finds the public half, which PKCS#8 need not carry and the JDK does not compute.
 * Both halves of that are done with the JDK's own arithmetic, not ours.
 */
final class PrivateKeys {
  private PrivateKeys() {}

  static PrivateKey load(byte[] pkcs8) throws GeneralSecurityException {
    var encoded = new PKCS8EncodedKeySpec(pkcs8);
    try {
      return KeyFactory.getInstance("EC").generatePrivate(encoded);
    } catch (InvalidKeySpecException e) {
      return KeyFactory.getInstance("Ed25519").generatePrivate(encoded);
    }
  }

  static TrustedKey publicKeyOf(PrivateKey secret) throws GeneralSecurityException {
    PublicKey key =
        switch (secret) {
          case ECPrivateKey ec -> p256(ec);
          case EdECPrivateKey ed -> ed25519(ed);
          default -> throw new InvalidKeyException("neither EC nor Ed25519");
        };
    return PublicKeys.of(Bytes.of(key.getEncoded()));
  }

  // A Diffie-Hellman exchange with the curve's generator as the other side's key gives the x of our
  // public point (SP 800-56A, 5.7.1.2); a signature then says which of the two y it is.
  private static PublicKey p256(ECPrivateKey secret) throws GeneralSecurityException {
    ECParameterSpec curve = P256.parameters();
    BigInteger scalar = secret.getS();
    if (!P256.sameCurve(secret.getParams())
        || scalar.signum() <= 0
        || scalar.compareTo(curve.getOrder()) >= 0) {
      throw new InvalidKeyException("not a key on P-256");
    }
    KeyAgreement exchange = KeyAgreement.getInstance("ECDH");
    exchange.init(secret);
    exchange.doPhase(point(curve.getGenerator(), curve), true);
    BigInteger x = new BigInteger(1, exchange.generateSecret());
    BigInteger y = P256.yOf(x);
    PublicKey one = point(new ECPoint(x, y), curve);
    return fits(secret, one) ? one : point(new ECPoint(x, P256.prime().subtract(y)), curve);
  }

  private static PublicKey point(ECPoint point, ECParameterSpec curve)
      throws GeneralSecurityException {
    return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
  }

  private static boolean fits(PrivateKey secret, PublicKey candidate)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(secret);
    byte[] signed = signature.sign();
    signature.initVerify(candidate);
    return signature.verify(signed);
  }

  // RFC 8032, 5.1.5: a key pair is made from 32 random bytes, which are the private key. A
  // generator
  // that is handed our bytes as its randomness therefore makes our pair; if it did not, we see it.
  private static PublicKey ed25519(EdECPrivateKey secret) throws GeneralSecurityException {
    if (!secret.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
      throw new InvalidKeyException("not Ed25519");
    }
    byte[] seed = secret.getBytes().orElseThrow(() -> new InvalidKeyException("no key inside"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(NamedParameterSpec.ED25519, new Replay(seed));
    var pair = generator.generateKeyPair();
    if (!(pair.getPrivate() instanceof EdECPrivateKey same)
        || !Arrays.equals(same.getBytes().orElseThrow(), seed)) {
      throw new InvalidKeyException("this JDK makes Ed25519 keys in another way");
    }
    return pair.getPublic();
  }

  private static final class Replay extends SecureRandom {
    private final transient byte[] bytes;

    Replay(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void nextBytes(byte[] out) {
      if (out.length != bytes.length) throw new IllegalStateException("not an Ed25519 seed");
      System.arraycopy(bytes, 0, out, 0, out.length);
    }
  }
}

package dev.hatchery.bundle.sign;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;

/** The curve secp256r1 (FIPS 186-5, SP 800-186), as far as the JDK does not check it for us. */
final class P256 {
  static final String NAME = "secp256r1";

  private P256() {}

  static ECParameterSpec parameters() throws GeneralSecurityException {
    var parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(NAME));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  /** Whether these are the curve's own constants, however they were encoded. */
  static boolean sameCurve(ECParameterSpec other) throws GeneralSecurityException {
    ECParameterSpec own = parameters();
    return own.getCurve().equals(other.getCurve())
        && own.getGenerator().equals(other.getGenerator())
        && own.getOrder().equals(other.getOrder())
        && own.getCofactor() == other.getCofactor();
  }

  // SP 800-56A, 5.6.2.3.4: the JDK's KeyFactory takes points that are not on the curve.
  static boolean onCurve(ECPoint point) throws GeneralSecurityException {
    BigInteger p = prime();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    if (x.signum() < 0 || y.signum() < 0 || x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    return y.multiply(y).mod(p).equals(ySquared(x));
  }

  /** A y for this x; its negation is the other. p = 3 mod 4, so the root is a power. */
  static BigInteger yOf(BigInteger x) throws GeneralSecurityException {
    BigInteger p = prime();
    return ySquared(x).modPow(p.add(BigInteger.ONE).shiftRight(2), p);
  }

  static BigInteger prime() throws GeneralSecurityException {
    return ((ECFieldFp) parameters().getCurve().getField()).getP();
  }

  private static BigInteger ySquared(BigInteger x) throws GeneralSecurityException {
    var curve = parameters().getCurve();
    BigInteger p = prime();
    return x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
  }
}

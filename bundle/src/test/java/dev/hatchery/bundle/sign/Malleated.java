package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * What anyone can do to an ECDSA signature without the key: (r, n - s) is valid where (r, s) is.
 */
final class Malleated {
  private Malleated() {}

  static Bytes of(Bytes der) throws GeneralSecurityException {
    byte[] bytes = der.toArray();
    int rSize = bytes[3];
    byte[] r = Arrays.copyOfRange(bytes, 4, 4 + rSize);
    byte[] s = Arrays.copyOfRange(bytes, 6 + rSize, bytes.length);
    byte[] other = P256.parameters().getOrder().subtract(new BigInteger(s)).toByteArray();
    byte[] out = new byte[6 + r.length + other.length];
    out[0] = 0x30;
    out[1] = (byte) (4 + r.length + other.length);
    out[2] = 2;
    out[3] = (byte) r.length;
    System.arraycopy(r, 0, out, 4, r.length);
    out[4 + r.length] = 2;
    out[5 + r.length] = (byte) other.length;
    System.arraycopy(other, 0, out, 6 + r.length, other.length);
    return Bytes.of(out);
  }
}

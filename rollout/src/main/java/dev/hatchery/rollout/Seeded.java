package dev.hatchery.rollout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Chance that a seed decides for good: HMAC-SHA256(seed, text), which nobody can steer by choosing
 * a name.
 */
final class Seeded {
  private static final double TO_UNIT = 0x1p-53;

  private final Mac mac;

  Seeded(long seed) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(ByteBuffer.allocate(Long.BYTES).putLong(seed).array(), "HMAC"));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }

  /** By the HMAC of their ids: two keep their order when others join. */
  List<Candidate> sorted(Collection<Candidate> fleet) {
    return fleet.stream()
        .map(device -> new Placed(device, of(device.id().value())))
        .sorted(
            Comparator.comparing((Placed p) -> p.place, Arrays::compareUnsigned)
                .thenComparing(p -> p.device.id()))
        .map(p -> p.device)
        .toList();
  }

  /** At least 0, below 1. */
  double share(String text) {
    return (ByteBuffer.wrap(of(text)).getLong() >>> 11) * TO_UNIT;
  }

  private byte[] of(String text) {
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A device and its HMAC. */
  private static final class Placed {
    final Candidate device;
    final byte[] place;

    Placed(Candidate device, byte[] place) {
      this.device = device;
      this.place = place;
    }
  }
}

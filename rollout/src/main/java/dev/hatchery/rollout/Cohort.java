package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who is in which stage. Devices are ordered by HMAC-SHA256(seed, device id), which nobody can
 * steer by choosing a name, and a stage is a prefix of that order: 5% lie within 10% lie within
 * 30%, and two devices keep their order when others join the fleet.
 */
final class Cohort {
  private Cohort() {}

  static List<DeviceId> order(Set<DeviceId> fleet, long seed) {
    Map<DeviceId, byte[]> place = new HashMap<>();
    Mac mac = mac(seed);
    for (DeviceId device : fleet) {
      place.put(device, mac.doFinal(device.value().getBytes(StandardCharsets.UTF_8)));
    }
    return fleet.stream()
        .sorted(
            Comparator.comparing((DeviceId d) -> place.get(d), Arrays::compareUnsigned)
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static Mac mac(long seed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(ByteBuffer.allocate(Long.BYTES).putLong(seed).array(), "HMAC"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }

  /**
   * The devices that have the target when the stage is full. Cohorts only grow: "5 devices, then
   * 10%" in a fleet of twenty is 5, then 5.
   */
  static List<DeviceId> of(Rollout rollout, int stage) {
    int fleet = rollout.fleet().size();
    int size =
        rollout.spec().stages().subList(0, stage + 1).stream()
            .mapToInt(s -> s.extent().of(fleet))
            .max()
            .orElseThrow();
    return rollout.fleet().subList(0, size);
  }

  /** Those of the stage that have not been told to switch. */
  static List<DeviceId> unordered(Rollout rollout, int stage) {
    return of(rollout, stage).stream().filter(d -> !rollout.members().containsKey(d)).toList();
  }

  /** How many of so many devices have to be in order before a stage may pass; never none. */
  static int quorum(Rollout rollout, int devices) {
    double share = rollout.spec().timing().minReportingPercent() / 100;
    return Math.max(1, (int) Math.ceil(share * devices - 1e-9));
  }
}

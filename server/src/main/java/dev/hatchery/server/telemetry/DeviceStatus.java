package dev.hatchery.server.telemetry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.Heard;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of a device from its reports.
 *
 * @param seq number of its last report
 * @param hash digest of that report
 * @param flaggedBoot the boot whose reports were last put on record for not fitting together
 * @param counter of the desired state that it says it holds
 * @param heard when it was heard of lately
 */
public record DeviceStatus(
    Instant lastSeen,
    long seq,
    Digest hash,
    String bootId,
    String flaggedBoot,
    long counter,
    Map<Name, SlotStatus> slots,
    Heard heard) {
  public DeviceStatus {
    slots = Collections.unmodifiableMap(new TreeMap<>(slots));
  }
}

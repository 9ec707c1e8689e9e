package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.SlotStatus;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A device as the server knows it.
 *
 * @param labels those that hold: operators' outrank its own, and a site's zone fills in for both
 * @param own what it said when it enrolled
 * @param given what operators say of it
 * @param lastSeen when its last report came; absent before the first
 * @param counter of the desired state that it should hold
 * @param heldCounter of the desired state that it says it holds
 */
public record DeviceView(
    DeviceId id,
    Digest keyId,
    Labels labels,
    Labels own,
    Labels given,
    DeviceFacts facts,
    Instant enrolledAt,
    Optional<Instant> lastSeen,
    long counter,
    long heldCounter,
    Map<Name, Slot> slots) {
  /**
   * One slot.
   *
   * @param ordered the release that the server wants there
   * @param running the release whose bytes the service says it loaded
   * @param status the device's own words; absent before its first report
   */
  public record Slot(
      Name channel,
      Optional<ReleaseId> ordered,
      Optional<ReleaseId> running,
      Optional<SlotStatus> status) {}

  public DeviceView {
    slots = Collections.unmodifiableMap(new TreeMap<>(slots));
  }
}

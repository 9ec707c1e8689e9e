package dev.hatchery.server.leases;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Priority;
import dev.hatchery.server.limits.Uplink;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * What is asked for.
 *
 * @param zone whose days the uplink's budget counts by
 * @param blob the file wanted, also where a patch will be fetched
 * @param bytes still to come over the uplink
 * @param free whether no limit holds: rollbacks and small documents
 * @param peers whether neighbours may give the bytes and get them: by the order, and by the device
 * @param rate the order's own, in bytes per second
 * @param priority of the rollout that it is for
 */
record Ask(
    Holder holder,
    String commandId,
    Uplink uplink,
    ZoneId zone,
    Digest blob,
    long bytes,
    boolean patch,
    boolean free,
    boolean peers,
    Optional<DataSize> rate,
    Priority priority) {
  /** The day that bytes used now belong to. */
  Spent.Day day(Instant now) {
    return new Spent.Day(uplink, now.atZone(zone).toLocalDate());
  }

  /** Whether this asks again for what another has asked for. */
  boolean repeats(Ask before) {
    return holder.equals(before.holder) && blob.equals(before.blob);
  }
}

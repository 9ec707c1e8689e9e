package dev.hatchery.server.leases;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.server.limits.Uplink;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One device of a site first: while it fetches a file, and for a few questions after it is done,
 * its neighbours are sent to ask it. Whoever still comes back did not get it there, and goes on its
 * own. One that stops fetching holds nobody back, and neither does one that gives to nobody.
 */
final class Neighbours {
  static final Duration SOON = Duration.ofSeconds(3);

  /** A patch must be applied before the file can be given away. */
  static final Duration AFTER_PATCH = Duration.ofSeconds(15);

  private static final Duration WHILE_FETCHING = Duration.ofSeconds(5);
  private static final Duration LONG_WHILE = Duration.ofSeconds(15);
  private static final int A_WHILE = 6;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);
  private static final int MAX = 10_000;

  private final Leased leased;
  private final Map<There, Fetched> fetched = new LinkedHashMap<>();

  private record There(Uplink uplink, Digest blob) {}

  private record Fetched(DeviceId by, Instant at, boolean byPatch) {}

  Neighbours(Leased leased) {
    this.leased = leased;
  }

  /** Why the waiter is to ask its neighbours, if it is. */
  Optional<Hold> hold(Waiter waiter, Instant now) {
    Ask ask = waiter.ask();
    if (!asksThem(waiter)) return Optional.empty();
    Optional<Lease> leader = leader(ask, now);
    if (leader.isPresent()) {
      return Optional.of(
          new Hold(
              Hold.Why.NEIGHBOUR,
              waiter.patience() < A_WHILE ? WHILE_FETCHING : LONG_WHILE,
              leader.get().ask().holder().device()
                  + " is fetching this file for "
                  + ask.uplink()
                  + ": ask the peers"));
    }
    return fetched(ask, now)
        .map(
            there ->
                new Hold(
                    Hold.Why.NEIGHBOUR,
                    there.byPatch ? AFTER_PATCH : SOON,
                    "a device of " + ask.uplink() + " has this file: ask it"));
  }

  /** Whether {@link #hold} would hold it. */
  boolean comeFirst(Waiter waiter, Instant now) {
    return asksThem(waiter)
        && (isThere(waiter.ask(), now) || leader(waiter.ask(), now).isPresent());
  }

  private static boolean asksThem(Waiter waiter) {
    return waiter.ask().uplink().shared() && waiter.trustsPeers();
  }

  /** The neighbour that fetches the same file now, if one does and comes forward. */
  Optional<Lease> leader(Ask ask, Instant now) {
    for (Lease lease : leased.of(ask.uplink())) {
      boolean same = lease.ask().blob().equals(ask.blob());
      boolean other = !lease.ask().holder().device().equals(ask.holder().device());
      if (same && other && lease.ask().peers() && lease.moving(now)) return Optional.of(lease);
    }
    return Optional.empty();
  }

  /** Whether another device of the site has fetched this of late. */
  boolean isThere(Ask ask, Instant now) {
    return fetched(ask, now).isPresent();
  }

  private Optional<Fetched> fetched(Ask ask, Instant now) {
    return Optional.ofNullable(fetched.get(new There(ask.uplink(), ask.blob())))
        .filter(there -> !there.by.equals(ask.holder().device()))
        .filter(there -> !there.at.isAfter(now) && now.isBefore(there.at.plus(REMEMBERED)));
  }

  void isDone(Ask ask, Instant now) {
    if (!ask.peers()) return;
    There there = new There(ask.uplink(), ask.blob());
    fetched.remove(there);
    fetched.put(there, new Fetched(ask.holder().device(), now, ask.patch()));
    if (fetched.size() > MAX) fetched.remove(fetched.keySet().iterator().next());
  }
}

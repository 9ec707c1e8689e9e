package dev.hatchery.server.leases;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody in line.
 *
 * @param turn the place in line: the lower, the earlier
 * @param asked when it last asked
 * @param hold what it was told then; absent while its first question is being answered
 * @param askedPeers how often it was sent to its neighbours after one of them had the file
 * @param patience how often it was sent to its neighbours in all
 */
record Waiter(
    Ask ask, long turn, Instant asked, Optional<Hold> hold, int askedPeers, int patience) {
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** After so many tries the neighbours do not have it. */
  private static final int PEER_TRIES = 3;

  /** However slowly a neighbour fetches, at some time a device goes on its own. */
  private static final int PATIENCE = 240;

  /** Somebody new in line; one whose neighbours have the file has asked them before. */
  static Waiter first(Ask ask, long turn, Instant now, boolean isThere) {
    return new Waiter(ask, turn, now, Optional.empty(), isThere ? PEER_TRIES - 2 : 0, 0);
  }

  /** Whether its neighbours are to be asked first. */
  boolean trustsPeers() {
    return ask.peers() && askedPeers < PEER_TRIES && patience < PATIENCE;
  }

  /** Whether a download that ends would be of use to it. */
  boolean inNeed() {
    return hold.filter(h -> h.why() == Hold.Why.PURSE).isEmpty();
  }

  boolean rateBound() {
    return hold.filter(h -> h.why() == Hold.Why.RATE).isPresent();
  }

  /** One that has not come back when it was due has lost its place. */
  Instant lapses() {
    Duration retry = hold.map(Hold::retryAfter).orElse(Duration.ZERO);
    return asked.plus(retry).plus(retry.compareTo(GRACE) > 0 ? retry : GRACE);
  }

  Waiter asks(Ask again, Instant now) {
    return new Waiter(again, turn, now, hold, askedPeers, patience);
  }

  Waiter told(Hold now, boolean neighbourIsDone) {
    boolean sent = now.why() == Hold.Why.NEIGHBOUR;
    return new Waiter(
        ask,
        turn,
        asked,
        Optional.of(now),
        askedPeers + (sent && neighbourIsDone ? 1 : 0),
        patience + (sent ? 1 : 0));
  }

  /** Nothing that was seen lies ahead, whatever was done to the clock. */
  Waiter notAfter(Instant now) {
    return asked.isAfter(now) ? new Waiter(ask, turn, now, hold, askedPeers, patience) : this;
  }
}

package dev.hatchery.server.leases;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * A right to use the uplink.
 *
 * @param turn the place in line that it was given for
 * @param allowed bytes at most, all together; absent where no budget bounds them
 * @param rate bytes per second; absent where none bounds them
 * @param used bytes told until now
 * @param heard when its device was last heard
 * @param moved when its bytes last rose
 */
record Lease(
    String id,
    Ask ask,
    long turn,
    OptionalLong allowed,
    OptionalLong rate,
    long used,
    Instant heard,
    Instant moved) {
  /** It ends by itself when it is not renewed within. */
  static final Duration VALID = Duration.ofSeconds(60);

  /** A download whose bytes do not rise for so long holds no neighbour back. */
  private static final Duration STALLED = VALID.multipliedBy(2);

  /** Bytes that a budget must still count on. */
  long outstanding() {
    return allowed.isPresent() ? Math.max(0, allowed.getAsLong() - used) : 0;
  }

  boolean expired(Instant now) {
    return !now.isBefore(heard.plus(VALID));
  }

  boolean moving(Instant now) {
    return now.isBefore(moved.plus(STALLED));
  }

  Instant expires() {
    return heard.plus(VALID);
  }

  /** Its device has told how far it is; fewer bytes than before are a repeated request's. */
  Lease told(long bytes, Instant now) {
    boolean rises = bytes > used;
    return new Lease(id, ask, turn, allowed, rate, Math.max(used, bytes), now, rises ? now : moved);
  }

  Lease renewed(OptionalLong nowAllowed, OptionalLong nowRate) {
    return new Lease(id, ask, turn, nowAllowed, nowRate, used, heard, moved);
  }

  /** Nothing that was seen lies ahead: a clock that was put back must not lengthen a life. */
  Lease notAfter(Instant now) {
    return heard.isAfter(now) || moved.isAfter(now)
        ? new Lease(id, ask, turn, allowed, rate, used, earlier(heard, now), earlier(moved, now))
        : this;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}

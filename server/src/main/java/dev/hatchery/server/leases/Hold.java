package dev.hatchery.server.leases;

import dev.hatchery.wire.LeaseAnswer;
import java.time.Duration;

/** Why somebody waits, and for how long until the next question. */
record Hold(Why why, Duration retryAfter, String reason) {
  /** What stands between. */
  enum Why {
    /** A budget or a cap. */
    PURSE,
    /** A neighbour fetches the same file, or has just done so. */
    NEIGHBOUR,
    /** All downloads are in use, or others were first. */
    TURN,
    /** No rate is left to share. */
    RATE
  }

  LeaseAnswer.Wait answer() {
    return new LeaseAnswer.Wait(retryAfter, reason, why == Why.NEIGHBOUR);
  }
}

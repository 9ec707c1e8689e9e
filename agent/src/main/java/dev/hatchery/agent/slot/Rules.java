package dev.hatchery.agent.slot;

import java.time.Duration;

/** The constants that a device decides by alone (gates reference, section 4, L0). */
final class Rules {
  /** This many restarts of the service within {@link #PROBATION} of the switch are a crash loop. */
  static final int RESTARTS = 3;

  /** However fast the heartbeats are, a service may pause this long. */
  static final Duration STALL_LEAST = Duration.ofSeconds(10);

  /** How long after a switch the device may still go back by itself, also when confirmed. */
  static final Duration PROBATION = Duration.ofMinutes(10);

  /** Of a service that keeps restarting later on, so many are told one by one. */
  static final Duration RESTART_TOLD_EVERY = Duration.ofMinutes(1);

  /** A service that serves something else than current is asked to load so often. */
  static final Duration NUDGE_EVERY = Duration.ofSeconds(30);

  /** The longest time between two looks at a service. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  /** How often a service on trial may fail its readiness probe without being restarted. */
  static final int RELAPSES = 10;

  /** A service that was away or busy when it was to load is asked again after this. */
  static final Duration ASK_AGAIN_AFTER = Duration.ofSeconds(1);

  static final Duration ASKING_AT_A_TIME = Duration.ofSeconds(1);

  private static final Duration SHORTEST = Duration.ofMillis(50);

  private Rules() {}

  static Duration clamp(Duration wanted, Duration longest) {
    if (wanted.compareTo(SHORTEST) < 0) return SHORTEST;
    return wanted.compareTo(longest) > 0 ? longest : wanted;
  }
}

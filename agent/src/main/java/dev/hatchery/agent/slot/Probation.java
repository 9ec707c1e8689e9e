package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Ledger;
import java.time.Duration;

/**
 * The time after a switch in which the device may still go back by itself, also when the bundle is
 * confirmed (gates reference, section 4, L0), and in which each restart of the service is told.
 */
final class Probation {
  private final Clocks clocks;
  private boolean on;
  private long since;
  private long restartToldAt;

  // Only the wall clock knows how long ago the switch was. Where it went backwards, the probation
  // lasts its full length once more.
  Probation(Clocks clocks, Ledger ledger) {
    this.clocks = clocks;
    this.since = clocks.nanos();
    this.restartToldAt = clocks.nanos() - Rules.RESTART_TOLD_EVERY.toNanos();
    this.on =
        ledger
            .trialAt()
            .map(at -> Duration.between(at, clocks.now()))
            .filter(age -> age.compareTo(Rules.PROBATION) < 0)
            .isPresent();
  }

  /** A switch was made. */
  void begin() {
    on = true;
    since = clocks.nanos();
  }

  /** The slot goes back: what it goes to has nothing to prove. */
  void end() {
    on = false;
  }

  boolean on() {
    if (clocks.passed(since, Rules.PROBATION)) on = false;
    return on;
  }

  /**
   * Whether a restart is to be told: each while the bundle is on trial or on probation, later so
   * many that they do not wear out the disk.
   */
  boolean tells(boolean onTrial) {
    boolean tell = onTrial || on() || clocks.passed(restartToldAt, Rules.RESTART_TOLD_EVERY);
    if (tell) restartToldAt = clocks.nanos();
    return tell;
  }
}

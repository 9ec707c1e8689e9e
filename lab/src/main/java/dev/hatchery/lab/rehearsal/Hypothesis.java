package dev.hatchery.lab.rehearsal;

import dev.hatchery.lab.chance.Chance;

/** What the release may be like. */
public enum Hypothesis {
  AS_GOOD("as-good", "is as good as the one before", Harm.NONE),
  LATENCY2X("latency2x", "takes twice as long", Harm.SLOW),
  ERRORS20("errors20", "fails a fifth of the requests", Harm.ERRORS),
  CRASHLOOP("crashloop", "does not stay up", Harm.CRASHES),
  /** By crashes, errors or slowness, in turn from run to run. */
  FAULT_TENTH("fault-tenth", "fails on a tenth of the devices", Harm.CRASHES);

  private static final double TENTH = 0.1;
  private static final Harm[] IN_TURN = {Harm.CRASHES, Harm.ERRORS, Harm.SLOW};

  private final String label;
  private final String words;
  private final Harm harm;

  /** What a release does to a device. */
  enum Harm {
    NONE,
    SLOW,
    ERRORS,
    CRASHES
  }

  Hypothesis(String label, String words, Harm harm) {
    this.label = label;
    this.words = words;
    this.harm = harm;
  }

  /** As rows name it. */
  public String label() {
    return label;
  }

  /** What the release does: {@code takes twice as long}. */
  public String words() {
    return words;
  }

  /** Whether the release ought to be stopped. */
  public boolean bad() {
    return harm != Harm.NONE;
  }

  Harm harm(long run, Chance chance) {
    if (this != FAULT_TENTH) return harm;
    return chance.happens(TENTH) ? IN_TURN[(int) (run % IN_TURN.length)] : Harm.NONE;
  }
}

package dev.hatchery.agent.peer;

import java.time.Duration;

/** What is wrong with a neighbour, and for how long it is left alone. */
public enum Fault {
  /** It sent bytes that are not the file's. */
  LIED(Duration.ofHours(1)),
  /** It does not speak as it should. */
  BROKEN(Duration.ofMinutes(10)),
  /** It takes too long. */
  SLOW(Duration.ofMinutes(5)),
  /** It cannot be reached, or went away. */
  AWAY(Duration.ofMinutes(1)),
  /** It does not have the file; nothing is wrong with it. */
  LACKING(Duration.ZERO),
  /** It gives to others just now; nothing is wrong with it. */
  BUSY(Duration.ZERO);

  private final Duration aside;

  Fault(Duration aside) {
    this.aside = aside;
  }

  Duration aside() {
    return aside;
  }
}

package dev.hatchery.rollout;

/**
 * The e-process's whole state for one device and one limit: trials, and how many of them were bad.
 */
public record Tally(long n, long k) {
  public static final Tally NONE = new Tally(0, 0);

  public Tally plus(long trials, long bad) {
    return new Tally(n + trials, k + bad);
  }
}

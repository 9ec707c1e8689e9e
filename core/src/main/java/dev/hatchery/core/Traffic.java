package dev.hatchery.core;

/**
 * Bytes of bodies that an order has cost, by where they came from. Sums stop at {@link
 * Long#MAX_VALUE} instead of running over.
 *
 * @param full whole files and documents from the server, or from a cache, CDN or bucket before it
 * @param delta patches, also those against the empty base
 * @param peer from devices of the same site
 * @param resumed bytes that lay on disk from a broken-off download and were not fetched again
 */
public record Traffic(long full, long delta, long peer, long resumed) {
  public static final Traffic NONE = new Traffic(0, 0, 0, 0);

  /** Where bytes come from. */
  public enum Source {
    FULL,
    DELTA,
    PEER,
    RESUMED
  }

  public Traffic {
    if (full < 0 || delta < 0 || peer < 0 || resumed < 0) {
      throw Refusal.of(Code.BAD_INPUT, "bytes cannot be negative")
          .expected("0 or more")
          .got(full + " full, " + delta + " delta, " + peer + " peer, " + resumed + " resumed");
    }
  }

  public static Traffic of(Source source, long bytes) {
    return switch (source) {
      case FULL -> new Traffic(bytes, 0, 0, 0);
      case DELTA -> new Traffic(0, bytes, 0, 0);
      case PEER -> new Traffic(0, 0, bytes, 0);
      case RESUMED -> new Traffic(0, 0, 0, bytes);
    };
  }

  public Traffic plus(Traffic other) {
    return new Traffic(
        sum(full, other.full),
        sum(delta, other.delta),
        sum(peer, other.peer),
        sum(resumed, other.resumed));
  }

  public Traffic plus(Source source, long bytes) {
    return plus(of(source, bytes));
  }

  /** What crossed the device's or its site's uplink. */
  public long uplink() {
    return sum(full, delta);
  }

  /** What crossed any network. */
  public long total() {
    return sum(uplink(), peer);
  }

  // Both are 0 or more, so a negative sum has run over.
  private static long sum(long a, long b) {
    return a + b < 0 ? Long.MAX_VALUE : a + b;
  }
}

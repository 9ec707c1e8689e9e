package dev.hatchery.server.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

/** Token buckets, one per sender: so many requests at once, and then one per interval. */
public final class Buckets {
  private static final int MAX_SENDERS = 200_000;

  private final int burst;
  private final Duration interval;
  private final InstantSource clock;
  private final ConcurrentHashMap<String, Bucket> buckets = new ConcurrentHashMap<>();

  private record Bucket(double tokens, Instant at) {}

  public Buckets(int burst, Duration interval, InstantSource clock) {
    this.burst = burst;
    this.interval = interval;
    this.clock = clock;
  }

  /** Takes a token; false when there is none left. */
  public boolean take(String sender) {
    Instant now = clock.instant();
    if (buckets.size() > MAX_SENDERS) buckets.values().removeIf(b -> filled(b, now) >= burst);
    boolean[] taken = new boolean[1];
    buckets.compute(
        sender,
        (_, bucket) -> {
          double tokens = bucket == null ? burst : filled(bucket, now);
          taken[0] = tokens >= 1;
          return new Bucket(taken[0] ? tokens - 1 : tokens, now);
        });
    return taken[0];
  }

  private double filled(Bucket bucket, Instant now) {
    double passed = Math.max(0, Duration.between(bucket.at, now).toMillis());
    return Math.min(burst, bucket.tokens + passed / interval.toMillis());
  }
}

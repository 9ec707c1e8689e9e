package dev.hatchery.lab.gates;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.rollout.Baseline;
import java.util.Optional;

/**
 * The naive gate: a two-sample z-test, one-sided at 1%, of the share of errors and of the share of
 * requests slower than each device's past p95, all devices pooled, looked at again and again.
 */
final class ZTest implements PlainGate {
  private static final double AT_ONE_PERCENT = 2.326;

  /** Before that the normal approximation is not even tried. */
  private static final long LEAST = 30;

  private final Pair errors = new Pair("errors");
  private final Pair slow = new Pair("slow requests");

  private static final class Pair {
    private final String name;
    private long n;
    private long k;
    private long pastN;
    private long pastK;

    Pair(String name) {
      this.name = name;
    }

    Optional<String> test() {
      if (n < LEAST) return Optional.empty();
      double p = (k + pastK) / (double) (n + pastN);
      double error = Math.sqrt(p * (1 - p) * (1.0 / n + 1.0 / pastN));
      double z = error == 0 ? 0 : (k / (double) n - pastK / (double) pastN) / error;
      return z > AT_ONE_PERCENT
          ? Optional.of(name + ": " + k + " of " + n + ", z " + Math.round(z * 100) / 100.0)
          : Optional.empty();
    }
  }

  @Override
  public void joins(Baseline past) {
    errors.pastN += past.requests();
    errors.pastK += past.errors();
    LatencyHistogram latency = past.latency();
    double p95 = latency.quantile(0.95);
    slow.pastN += past.requests();
    for (var bucket : latency.counts().entrySet()) {
      if (LatencyHistogram.bound(bucket.getKey()) > p95) slow.pastK += bucket.getValue();
    }
  }

  @Override
  public void takes(Reading reading) {
    errors.n += reading.requests();
    errors.k += reading.errors();
    slow.n += reading.requests();
    slow.k += reading.slow();
  }

  @Override
  public Optional<String> looks() {
    return errors.test().or(slow::test);
  }
}

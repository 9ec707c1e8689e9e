package dev.hatchery.runner;

import dev.hatchery.core.LatencyHistogram;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** A histogram of latencies as Prometheus text, in the buckets that gates know. */
final class Latencies {
  private final String name;
  private final String help;
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLongArray counts = new AtomicLongArray(LatencyHistogram.BUCKETS);

  Latencies(String name, String help) {
    this.name = name;
    this.help = help;
  }

  void add(long took) {
    nanos.addAndGet(took);
    counts.incrementAndGet(LatencyHistogram.bucketOf(took / 1e9));
  }

  void write(StringBuilder text) {
    RunnerMetrics.head(text, name, help, "histogram");
    long sum = nanos.get();
    long cumulative = 0;
    for (int bucket = 0; bucket < LatencyHistogram.BUCKETS; bucket++) {
      cumulative += counts.get(bucket);
      double bound = LatencyHistogram.bound(bucket);
      // The shortest decimal that reads back as the very bound, so that a scraper finds the bucket.
      String le = Double.isInfinite(bound) ? "+Inf" : Double.toString(bound);
      text.append(name).append("_bucket{le=\"").append(le).append("\"} ");
      text.append(cumulative).append('\n');
    }
    text.append(name).append("_sum ").append(sum / 1e9).append('\n');
    text.append(name).append("_count ").append(cumulative).append('\n');
  }
}

package dev.hatchery.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.LatencyHistogram;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RunnerMetricsTest {
  private final RunnerMetrics metrics = new RunnerMetrics(Instant.ofEpochMilli(1_500));

  @Test
  void bucketBoundsReadBackAsThoseOfTheWire() {
    List<String> buckets = lines("hatchery_inference_latency_seconds_bucket");

    assertThat(buckets).hasSize(LatencyHistogram.BUCKETS);
    for (int i = 0; i < buckets.size() - 1; i++) {
      double le = Double.parseDouble(bound(buckets.get(i)));
      assertThat(le).isEqualTo(LatencyHistogram.bound(i));
      assertThat(LatencyHistogram.bucketOf(le)).isEqualTo(i);
    }
    assertThat(bound(buckets.getLast())).isEqualTo("+Inf");
  }

  @Test
  void bucketsAreCumulativeAndSumUp() {
    metrics.answered(50_000);
    metrics.answered(5_000_000);
    metrics.answered(5_000_000);
    metrics.answered(1_000_000_000_000L);

    List<String> buckets = lines("hatchery_inference_latency_seconds_bucket");
    int fiveMillis = LatencyHistogram.bucketOf(0.005);
    assertThat(buckets.getFirst()).endsWith(" 1");
    assertThat(buckets.get(fiveMillis - 1)).endsWith(" 1");
    assertThat(buckets.get(fiveMillis)).endsWith(" 3");
    assertThat(buckets.get(buckets.size() - 2)).endsWith(" 3");
    assertThat(buckets.getLast()).endsWith(" 4");
    assertThat(value("hatchery_inference_latency_seconds_count")).isEqualTo(4);
    assertThat(value("hatchery_inference_latency_seconds_sum")).isEqualTo(1000.01005);
  }

  @Test
  void countsApartWhatIsDifferent() {
    metrics.request();
    metrics.request();
    metrics.request();
    metrics.error();
    metrics.error();
    metrics.badRequest();
    metrics.inputs(7);

    assertThat(value("hatchery_inference_requests_total")).isEqualTo(3);
    assertThat(value("hatchery_inference_errors_total")).isEqualTo(2);
    assertThat(value("hatchery_bad_requests_total")).isEqualTo(1);
    assertThat(value("hatchery_inputs_total")).isEqualTo(7);
    assertThat(value("process_start_time_seconds")).isEqualTo(1.5);
  }

  @Test
  void everySampleHasATypeBeforeIt() {
    List<String> types = lines("# TYPE ").stream().map(line -> line.split(" ", -1)[2]).toList();

    assertThat(types).doesNotHaveDuplicates().contains("hatchery_inference_latency_seconds");
    for (String line : lines("")) {
      if (!line.startsWith("#")) {
        assertThat(types).anyMatch(line::startsWith);
      }
    }
  }

  private List<String> lines(String start) {
    return metrics.text(Optional.empty()).lines().filter(l -> l.startsWith(start)).toList();
  }

  private double value(String name) {
    String line = lines(name + " ").getFirst();
    return Double.parseDouble(line.substring(name.length() + 1));
  }

  private static String bound(String bucket) {
    return bucket.substring(bucket.indexOf('"') + 1, bucket.lastIndexOf('"'));
  }
}

package dev.hatchery.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExpositionTest {
  private static final Digest BUNDLE = Digest.of(new byte[] {1});
  private static final String PAGE =
      """
      # HELP hatchery_inference_requests_total Inferences begun.
      # TYPE hatchery_inference_requests_total counter
      hatchery_inference_requests_total 1042
      hatchery_inference_errors_total 3
      hatchery_inputs_total{camera="a"} 600 1769860800000
      hatchery_inputs_total{camera="b",note="a \\"quoted\\", \\\\ and } brace"} 500
      hatchery_inference_latency_seconds_bucket{le="0.001"} 10
      hatchery_inference_latency_seconds_bucket{le="0.01"} 1000 # {trace="x"} 0.005
      hatchery_inference_latency_seconds_bucket{le="+Inf"} 1039
      hatchery_inference_latency_seconds_sum 4.2
      hatchery_inference_latency_seconds_count 1039
      hatchery_model_info{bundle="%s"} 1
      process_start_time_seconds 1.7698608e+09
      something_else{a="b"} NaN
      # EOF
      """
          .formatted(BUNDLE);

  private static Scrape read(String page) {
    return Exposition.read(page.getBytes(StandardCharsets.UTF_8), MetricNames.DEFAULT);
  }

  @Test
  void whatCountsIsRead() {
    Scrape scrape = read(PAGE);

    assertThat(scrape.requests()).isEqualTo(OptionalLong.of(1042));
    assertThat(scrape.errors()).isEqualTo(OptionalLong.of(3));
    assertThat(scrape.inputs()).as("several series add up").isEqualTo(OptionalLong.of(1100));
    assertThat(scrape.latency())
        .isEqualTo(Map.of(0.001, 10L, 0.01, 1000L, Double.POSITIVE_INFINITY, 1039L));
    assertThat(scrape.bundle()).contains(BUNDLE);
    assertThat(scrape.started()).isEqualTo(OptionalDouble.of(1_769_860_800.0));
  }

  @Test
  void whatIsMissingIsAbsentAndNeverZero() {
    Scrape scrape = read("up 1\n");

    assertThat(scrape.requests()).isEmpty();
    assertThat(scrape.errors()).isEmpty();
    assertThat(scrape.inputs()).isEmpty();
    assertThat(scrape.bundle()).isEmpty();
    assertThat(scrape.started()).isEmpty();
    assertThat(scrape.latency()).isEmpty();
  }

  @Test
  void nonsenseIsPassedOver() {
    Scrape scrape =
        read(
            """
            hatchery_inference_requests_total abc
            hatchery_inference_requests_total{ 4
            hatchery_inference_requests_total{a="unended 5
            hatchery_inference_requests_total -7
            hatchery_inference_errors_total NaN
            hatchery_inputs_total 1e300
            hatchery_inference_requests_totally 9
            hatchery_model_info{bundle="sha256:zz"} 1
            process_start_time_seconds +Inf
            """);

    assertThat(scrape.requests()).isEmpty();
    assertThat(scrape.errors()).isEmpty();
    assertThat(scrape.inputs()).isEmpty();
    assertThat(scrape.bundle()).isEmpty();
    assertThat(scrape.started()).isEmpty();
  }

  @Test
  void twoBundlesAreNoBundle() {
    Digest other = Digest.of(new byte[] {2});

    assertThat(read(PAGE + "hatchery_model_info{bundle=\"" + other + "\"} 1\n").bundle()).isEmpty();
    assertThat(read(PAGE + "hatchery_model_info{bundle=\"" + other + "\"} 0\n").bundle())
        .contains(BUNDLE);
  }

  @Test
  void aServicesOwnNamesAreRead() {
    MetricNames names =
        new MetricNames(
            "req", "err", "in", "lat", "info", "process_start_time_seconds", ServiceReadings.NONE);
    Scrape scrape = Exposition.read("req 4\nerr 1\n".getBytes(StandardCharsets.UTF_8), names);

    assertThat(scrape.requests()).isEqualTo(OptionalLong.of(4));
    assertThat(scrape.errors()).isEqualTo(OptionalLong.of(1));
  }

  @Test
  void anEndlessPageIsReadUpToTheLimits() {
    StringBuilder page = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      page.append("hatchery_inference_requests_total{i=\"%d\"} 1\n".formatted(i));
    }
    Scrape scrape = read(page.toString());

    assertThat(scrape.requests().orElseThrow()).isBetween(10_000L, 20_000L);
    assertThat(read("hatchery_inference_requests_total " + "9".repeat(5000)).requests()).isEmpty();
    StringBuilder buckets = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      buckets.append("hatchery_inference_latency_seconds_bucket{le=\"%d\"} 1\n".formatted(i));
    }
    assertThat(read(buckets.toString()).latency()).hasSizeLessThanOrEqualTo(512);
  }

  @Test
  void anyMutationOfAPageIsReadWithoutHarm() {
    byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(5);
    for (int i = 0; i < 5000; i++) {
      byte[] mutated = page.clone();
      for (int flips = 1 + random.nextInt(12); flips > 0; flips--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      }
      Scrape scrape = Exposition.read(mutated, MetricNames.DEFAULT);
      scrape.requests().ifPresent(n -> assertThat(n).isNotNegative());
      assertThat(scrape.latency().values()).allMatch(n -> n >= 0);
      assertThat(Optional.of(scrape)).isPresent();
    }
  }
}

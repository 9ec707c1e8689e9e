package dev.hatchery.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Window;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServiceReadingsTest {
  private static final Metric CONFIDENCE = new Metric("kpi.confidence");
  private static final Metric REJECTS = new Metric("kpi.rejects");
  private static final ServiceReadings DECLARED =
      new ServiceReadings(
          Map.of(
              Metric.NPU_TEMPERATURE,
              new ServiceReadings.Source("hailo_temp", Optional.empty()),
              REJECTS,
              new ServiceReadings.Source("rejects_total", Optional.of("parts_total"))));

  private static Scrape scrape(String page) {
    MetricNames usual = MetricNames.DEFAULT;
    MetricNames names =
        new MetricNames(
            usual.requests(),
            usual.errors(),
            usual.inputs(),
            usual.latency(),
            usual.info(),
            usual.started(),
            DECLARED);
    return Exposition.read(page.getBytes(StandardCharsets.UTF_8), names);
  }

  private static Map<Metric, Double> between(String before, String now) {
    return DECLARED.between(scrape(before), scrape(now));
  }

  @Test
  void gaugesOfTheKpiPrefixNeedNoDeclaration() {
    assertThat(between("", "hatchery_kpi_confidence 0.93\nhatchery_kpi_defect_rate 2\nother 5\n"))
        .containsOnly(Map.entry(CONFIDENCE, 0.93), Map.entry(new Metric("kpi.defect-rate"), 2.0));
  }

  @Test
  void aDeclaredGaugeIsReadUnderItsMetric() {
    assertThat(between("hailo_temp 40\n", "hailo_temp 47.5\n"))
        .containsOnly(Map.entry(Metric.NPU_TEMPERATURE, 47.5));
  }

  @Test
  void twoCountersGiveTheShareOfTheWindow() {
    assertThat(
            between("rejects_total 10\nparts_total 100\n", "rejects_total 13\nparts_total 160\n"))
        .containsOnly(Map.entry(REJECTS, 0.05));
  }

  @Test
  void aShareOfNothingIsAbsent() {
    String still = "rejects_total 10\nparts_total 100\n";
    assertThat(between(still, still)).isEmpty();
    assertThat(between("", still)).isEmpty();
    assertThat(between(still, "rejects_total 9\nparts_total 160\n")).isEmpty();
  }

  @Test
  void severalSeriesOfAGaugeAreNoAnswerAndOfACounterAreAddedUp() {
    assertThat(
            between(
                "",
                "hatchery_kpi_confidence{cam=\"1\"} 0.9\nhatchery_kpi_confidence{cam=\"2\"} 0.1\n"))
        .isEmpty();
    assertThat(
            between(
                "rejects_total 0\nparts_total{line=\"1\"} 0\nparts_total{line=\"2\"} 0\n",
                "rejects_total 5\nparts_total{line=\"1\"} 20\nparts_total{line=\"2\"} 30\n"))
        .containsOnly(Map.entry(REJECTS, 0.1));
  }

  @Test
  void whatCannotBeAMetricIsLeftOut() {
    assertThat(
            between(
                "",
                "hatchery_kpi_ 1\nhatchery_kpi_BAD 1\nhatchery_kpi_x +Inf\nhatchery_kpi_y NaN\n"))
        .isEmpty();
  }

  @Test
  void aWindowTellsWhatHostAndServiceReadInFourDigitsAndLeavesOutWhatCannotBe() {
    Windows windows = new Windows(new Name("vision"), "boot", () -> 0, DECLARED);
    Instant at = Instant.parse("2026-03-01T12:00:00Z");
    String info =
        "hatchery_model_info{bundle=\""
            + new Digest("a".repeat(64))
            + "\"} 1\n"
            + "hatchery_inference_errors_total 0\n";
    Duration none = Duration.ZERO;
    windows.take(scrape(info + "hatchery_inference_requests_total 1\n"), at, 0, none);
    Window window =
        windows
            .take(
                scrape(
                    info
                        + "hatchery_inference_requests_total 9\nhatchery_kpi_confidence 0.123456\n"
                        + "hailo_temp 4000\nhatchery_kpi_huge 1e15\n"),
                Map.of(Metric.CPU, 0.33333),
                at.plusSeconds(1),
                1_000_000_000,
                none)
            .orElseThrow();
    assertThat(window.readings().values())
        .containsOnly(Map.entry(CONFIDENCE, 0.1235), Map.entry(Metric.CPU, 0.3333));
  }
}

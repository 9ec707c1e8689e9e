package dev.hatchery.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.yaml.Yaml;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GateFormTest {
  private static RolloutSpec spec(String gate) {
    String text =
        """
        rollout: r
        slot: vision
        channel: stable
        release: inspection@1.1.0
        stages: [{name: all, percent: 100}]
        gates:
          - {metric: errors, limit: 5%%}
          - %s
        """
            .formatted(gate);
    return Wire.ROLLOUT_SPEC.read(Yaml.parse(text, "rollout.yaml"));
  }

  private static Gate gate(String text) {
    RolloutSpec spec = spec(text);
    byte[] json = Wire.ROLLOUT_SPEC.bytes(spec);
    assertThat(Wire.ROLLOUT_SPEC.parse(json, DataSize.kib(16), "x")).isEqualTo(spec);
    return spec.gates().getLast();
  }

  private static Gate.Level.Bounds bounds(String text) {
    return ((Gate.Level) gate(text)).bounds();
  }

  @Test
  void aGateOnAReadingIsReadAndWrittenInItsOwnUnit() {
    assertThat(bounds("{metric: cpu, above: 90%}").above()).contains(0.9);
    assertThat(bounds("{metric: memory, shift: -5%}").shift()).contains(-0.05);
    assertThat(bounds("{metric: temperature, above: 80, shift: 10}").shift()).contains(10.0);
    assertThat(bounds("{metric: kpi.confidence, below: 0.7, ratio: 0.9}").below()).contains(0.7);
    var level = (Gate.Level) gate("{metric: kpi.rejects, above: -2.5, windows: 10%}");
    assertThat(level.bounds().above()).contains(-2.5);
    assertThat(level.share()).isEqualTo(0.1);
    assertThat(level.what()).isEqualTo(new Metric("kpi.rejects"));
  }

  @Test
  void whatShouldNotHappenHasAUsualLimit() {
    assertThat(((Gate.Events) gate("{metric: throttled}")).limit()).contains(0.05);
    assertThat(((Gate.Events) gate("{metric: golden}")).limit()).contains(0.01);
    var oom = (Gate.Events) gate("{metric: oom, ratio: 2}");
    assertThat(oom.limit()).isEmpty();
    assertThat(oom.ratio()).contains(2.0);
  }

  @Test
  void aQueryIsReadWithItsBoundsAndTimes() {
    String text =
        "{metric: query.orders, query: {source: shop, promql: sum(x), maxAge: 1m}, below: 100,"
            + " ratio: 0.9, for: 5m}";
    assertThat(gate(text))
        .isEqualTo(
            new Gate.Query(
                new Name("orders"),
                new Name("shop"),
                "sum(x)",
                Optional.empty(),
                Optional.of(100.0),
                Optional.of(0.9),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1)));
    var usual = (Gate.Query) gate("{metric: query.o, query: {source: s, promql: x}, above: 1}");
    assertThat(usual.lasting()).isEqualTo(Duration.ofMinutes(10));
    assertThat(usual.maxAge()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void driftIsAlwaysADryRun() {
    var usual = new Gate.Drift(new Name("class"), Gate.Drift.Measure.PSI, 0.25);
    assertThat(gate("{metric: drift.class}")).isEqualTo(new Gate.DryRun(usual));
    assertThat(gate("{metric: drift.class, measure: js, above: 0.1, dryRun: true}"))
        .isEqualTo(new Gate.DryRun(new Gate.Drift(new Name("class"), Gate.Drift.Measure.JS, 0.1)));
  }

  @Test
  void anyGateMayBeADryRun() {
    assertThat(gate("{metric: latency-p95, ratio: 2, dryRun: true}"))
        .isEqualTo(
            new Gate.DryRun(
                new Gate.Latency(0.95, Optional.empty(), Optional.of(2.0), Gate.DEFAULT_ALPHA)));
    assertThat(gate("{metric: throttled, dryRun: false}")).isInstanceOf(Gate.Events.class);
  }

  @Test
  void aRolloutOfDryRunsAloneIsRefused() {
    String alone = "{metric: throttled, dryRun: true}";
    assertThatThrownBy(
            () ->
                Wire.ROLLOUT_SPEC.read(
                    Yaml.parse(
                        """
                        rollout: r
                        slot: vision
                        channel: stable
                        release: inspection@1.1.0
                        stages: [{name: all, percent: 100}]
                        gates: [%s]
                        """
                            .formatted(alone),
                        "rollout.yaml")))
        .hasMessageContaining("needs a gate that is no dry run");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{metric: temprature, above: 80} | UNKNOWN_METRIC | did you mean temperature?",
        "{metric: kpi.Confidence, above: 1} | UNKNOWN_METRIC | kpi.NAME",
        "{metric: golden-failed} | UNKNOWN_METRIC | one of errors",
        "{metric: cpu, above: 0.9} | BAD_SPEC | a number and %",
        "{metric: temperature, abov: 80} | BAD_INPUT | did you mean above?",
        "{metric: temperature, ratio: 1.5} | BAD_SPEC | a shift, for example 10",
        "{metric: throttled, above: 1} | BAD_INPUT | this field is not known",
        "{metric: kpi.x, above: 1, dryrun: true} | BAD_INPUT | did you mean dryRun?",
        "{metric: query.o, above: 1} | BAD_INPUT | a field is missing",
        "{metric: query.o, query: {source: s, promql: x}} | BAD_SPEC | above, below or ratio",
        "{metric: query.o, query: {source: s, promql: x, url: y}, above: 1} | BAD_INPUT | not"
            + " known",
        "{metric: drift.class, dryRun: false} | BAD_SPEC | drift alone cannot act",
        "{metric: drift.class, measure: pis} | BAD_INPUT | did you mean psi?",
        "{metric: kpi.x} | BAD_SPEC | above, below, ratio or shift",
      })
  void aGateThatCannotBeUnderstoodRefusesTheRolloutAtItsPlace(String gate, Code code, String says) {
    assertThatThrownBy(() -> spec(gate))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code))
        .hasMessageContaining("rollout.yaml:8 gates[1]")
        .hasMessageContaining(says);
  }
}

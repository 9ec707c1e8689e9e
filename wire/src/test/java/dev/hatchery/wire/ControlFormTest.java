package dev.hatchery.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Control;
import dev.hatchery.core.Control.ErrorMargin;
import dev.hatchery.core.Control.LatencyMargin;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.wire.yaml.Yaml;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code control:} in rollout.yaml. */
final class ControlFormTest {
  private static RolloutSpec read(String control) {
    String yaml =
        """
        rollout: r
        slot: vision
        channel: stable
        release: m@1.1.0
        stages: [{name: canary, count: 5}, {name: tenth, percent: 10}, {name: all, percent: 100}]
        gates: [{metric: errors, limit: 5%}]
        """;
    return Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml + control, "rollout.yaml"));
  }

  @Test
  void theSizeAloneTakesTheUsualMargins() {
    Control control = read("control: {count: 20}\n").control().orElseThrow();
    assertThat(control.size()).isEqualTo(new Count(20));
    assertThat(control.stages()).isEmpty();
    assertThat(control.alpha()).isEqualTo(0.05);
    assertThat(control.margins())
        .containsExactly(new LatencyMargin(0.95, 1.25), new ErrorMargin(0.01));
    assertThat(read("").control()).isEmpty();
  }

  @Test
  void everythingMayBeSaidAndReadsBack() {
    RolloutSpec spec =
        read(
            """
            control:
              percent: 5%
              stages: [tenth]
              margins: [{metric: errors, margin: 0.5%}, {metric: latency-p50, margin: 1.1}]
              alpha: 0.1
              keep: 48h
            """);
    Control control = spec.control().orElseThrow();
    assertThat(control.size()).isEqualTo(new Percent(5));
    assertThat(control.stages()).containsExactly(new Name("tenth"));
    assertThat(control.keep()).contains(Duration.ofDays(2));
    assertThat(control.margins())
        .isEqualTo(List.of(new ErrorMargin(0.005), new LatencyMargin(0.5, 1.1)));
    var bytes = Wire.ROLLOUT_SPEC.bytes(spec);
    assertThat(Wire.ROLLOUT_SPEC.parse(bytes, DataSize.mib(1), "x")).isEqualTo(spec);
  }

  @Test
  void itIsKeptForMonthAtMost() {
    assertThat(read("control: {count: 20}\n").control().orElseThrow().keep()).isEmpty();
    assertThat(read("control: {count: 20, keep: 30d}\n").control().orElseThrow().keep())
        .contains(Duration.ofDays(30));
    assertThatThrownBy(() -> read("control: {count: 20, keep: 31d}\n"))
        .hasMessageContaining("a control cannot work like this");
    assertThatThrownBy(() -> read("control: {count: 20, keep: 0s}\n"))
        .hasMessageContaining("a control cannot work like this");
  }

  @Test
  void anExperimentSaysForHowLongAndWhatThen() {
    RolloutSpec spec = read("control: {count: 20}\nexperiment: {for: 7d, then: promote}\n");
    assertThat(spec.experiment())
        .contains(new Experiment(Duration.ofDays(7), Experiment.Then.PROMOTE));
    var bytes = Wire.ROLLOUT_SPEC.bytes(spec);
    assertThat(Wire.ROLLOUT_SPEC.parse(bytes, DataSize.mib(1), "x")).isEqualTo(spec);
    assertThat(read("control: {count: 20}\nexperiment: {for: 1h}\n").experiment())
        .contains(new Experiment(Duration.ofHours(1), Experiment.Then.BACK));
    assertThatThrownBy(() -> read("experiment: {for: 7d}\n")).hasMessageContaining("a control");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{count: 3, percent: 5} | one of count and percent",
        "{stages: [tenth]} | one of count and percent",
        "{count: 3, stages: [tent]} | did you mean tenth?",
        "{count: 3, marginn: 2} | control.marginn",
        "{count: 3, margins: []} | a margin",
        "{count: 3, margins: [{metric: latencyp95, margin: 2}]} | did you mean latency-p95?",
        "{count: 3, margins: [{metric: errors, margin: 2}]} | not a percentage",
        "{count: 3, margins: [{metric: latency-p95, margin: 1}]} | above 1",
        "{count: 3, margins: [{metric: errors, margin: 100%}]} | below 100%",
        "{count: 3, margins: [{metric: errors, margin: 1%}, {metric: errors, margin: 2%}]} | once",
        "{count: 3, alpha: 0.3} | at most 0.2",
        "{count: 0} | 1 or more",
      })
  void whatIsWrongIsRefused(String control, String says) {
    assertThatThrownBy(() -> read("control: " + control + "\n")).hasMessageContaining(says);
  }
}

package dev.hatchery.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Priority;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Sampling;
import dev.hatchery.core.Selector;
import dev.hatchery.core.Sleeping;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WireTest {
  private static final DataSize MAX = DataSize.kib(64);
  private static final String ROLLOUT =
      """
      rollout: inspection-1-1-0
      slot: vision
      channel: stable
      release: inspection@1.1.0
      selector: "site in (oslo, bergen)"
      stages:
        - {name: canary, count: 2, soak: 20s}
        - name: part
          percent: 50%
        - {name: all, percent: 100}
      gates:
        - {metric: errors, limit: 5%}
        - {metric: latency-p95, ratio: 2, limit: 400ms}
      timing:
        window: 2s
        minReporting: 80%
      trial:
        readyWithin: 20s
      """;

  @Test
  void aRolloutFileIsReadWithTheReferencesDefaults() {
    RolloutSpec spec = Wire.ROLLOUT_SPEC.read(Yaml.parse(ROLLOUT, "rollout.yaml"));

    assertThat(spec.stages()).hasSize(3);
    assertThat(spec.stages().get(1).extent()).isEqualTo(new RolloutSpec.Percent(50));
    assertThat(spec.stages().get(1).soak()).isEqualTo(Duration.ofHours(1));
    assertThat(spec.gates())
        .containsExactly(
            new Gate.Errors(Optional.of(0.05), Optional.empty(), 0.01),
            new Gate.Latency(0.95, Optional.of(Duration.ofMillis(400)), Optional.of(2.0), 0.01));
    assertThat(spec.timing().window()).isEqualTo(Duration.ofSeconds(2));
    assertThat(spec.timing().baselineRequests()).isEqualTo(2000);
    assertThat(spec.trial().maxStarts()).isEqualTo(3);
  }

  @Test
  void aRolloutReadsBackFromItsJson() {
    RolloutSpec spec = Wire.ROLLOUT_SPEC.read(Yaml.parse(ROLLOUT, "rollout.yaml"));
    byte[] json = Wire.ROLLOUT_SPEC.bytes(spec);

    assertThat(Wire.ROLLOUT_SPEC.parse(json, MAX, "x")).isEqualTo(spec);
  }

  @Test
  void anErrorNamesFileLineAndPathAndTheNearestWord() {
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("percent: 50%", "precent: 50%")))
        .hasMessageContaining("rollout.yaml:9 stages[1].precent")
        .hasMessageContaining("did you mean percent?");
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("window: 2s", "windwo: 2s")))
        .hasMessageContaining("rollout.yaml:15 timing.windwo")
        .hasMessageContaining("did you mean window?");
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("20s}", "20 sec}")))
        .hasMessageContaining("rollout.yaml:7 stages[0].soak")
        .hasMessageContaining("20 sec");
  }

  @Test
  void aRolloutSaysWhatBecomesOfSleepers() {
    assertThat(rollout(ROLLOUT).sleeping()).isEqualTo(Sleeping.HOLD);
    var spec = rollout(ROLLOUT + "sleeping: replace\n");
    assertThat(spec.sleeping()).isEqualTo(Sleeping.REPLACE);
    byte[] json = Wire.ROLLOUT_SPEC.bytes(spec);
    assertThat(Wire.ROLLOUT_SPEC.parse(json, MAX, "x")).isEqualTo(spec);
    assertThatThrownBy(() -> rollout(ROLLOUT + "sleeping: replce\n"))
        .hasMessageContaining("did you mean replace?");
  }

  @Test
  void aRolloutSaysWhetherItGoesFirst() {
    assertThat(rollout(ROLLOUT).priority()).isEqualTo(Priority.NORMAL);
    var spec = rollout(ROLLOUT + "priority: high\n");
    assertThat(spec.priority()).isEqualTo(Priority.HIGH);
    byte[] json = Wire.ROLLOUT_SPEC.bytes(spec);
    assertThat(Wire.ROLLOUT_SPEC.parse(json, MAX, "x")).isEqualTo(spec);
    assertThatThrownBy(() -> rollout(ROLLOUT + "priority: hihg\n"))
        .hasMessageContaining("did you mean high?");
  }

  @Test
  void anUnknownMetricRefusesTheRollout() {
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("metric: errors", "metric: erors")))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.UNKNOWN_METRIC))
        .hasMessageContaining("rollout.yaml:12 gates[0]")
        .hasMessageContaining("did you mean errors?");
  }

  @Test
  void aGateWithoutALimitRefusesTheRollout() {
    assertThatThrownBy(() -> rollout(ROLLOUT.replace(", limit: 5%", "")))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.BAD_SPEC));
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("limit: 5%", "limit: 5")))
        .hasMessageContaining("a number and %, for example 5%");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "",
        "{\"a\":1e999}",
        "{\"a\":99999999999999999999}",
        "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]",
        "{\"a\":NaN}",
        "{'a':1}",
        "{\"a\":\"\\ud800\"}",
        "// x\n{}",
        "{\"a\":01}"
      })
  void jsonThatIsNotStrictIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text.getBytes(StandardCharsets.UTF_8), MAX, "request"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("request");
  }

  @Test
  void brokenUtf8IsRefused() {
    assertThatThrownBy(() -> Json.parse(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'}, MAX, "x"))
        .hasMessageContaining("not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &x 1\nb: *x",
        "a: !!str 1",
        "a: 1\na: 2",
        "a: 1\n---\nb: 2",
        "? [a]\n: b",
        "a: [",
        "\t"
      })
  void yamlThatIsNotPlainIsRefused(String text) {
    assertThatThrownBy(() -> Yaml.parse(text, "spec.yaml"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("spec.yaml");
  }

  @Test
  void aTreeReadsBackFromItsBytes() {
    String json = "{\"b\":[1,-2.5,true,null],\"a\":\"é \\\" \\u0001\"}";
    Node tree = Json.parse(json.getBytes(StandardCharsets.UTF_8), MAX, "x");

    assertThat(new String(Json.write(tree), StandardCharsets.UTF_8)).isEqualTo(json);
  }

  /** Every decoder, fed with mutated documents of its own, ends in a value or a refusal. */
  @Test
  void mutatedDocumentsEndInRefusalsOnly() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    List<Codec<?>> codecs =
        List.of(
            Wire.ENVELOPE,
            Wire.TRUST,
            Wire.POLICY,
            Wire.MANIFEST,
            Wire.FACTS,
            Wire.DESIRED,
            Wire.HEARTBEAT,
            Wire.REPORT,
            Wire.ROLLOUT_SPEC,
            Wire.ENROLMENT_FILE,
            Wire.ENROL_REQUEST,
            Wire.REPORT_BATCH,
            Wire.REPORT_ANSWER,
            Wire.GOLDEN,
            Wire.PROBLEM,
            Wire.LABELS,
            Wire.LIMITS,
            Wire.DELIVERY,
            Wire.DELTA_OFFERS,
            Wire.LEASE_REQUEST,
            Wire.LEASE_ANSWER,
            Wire.LEASE_USE);
    List<byte[]> seeds = Samples.all();
    int refused = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] bytes = Samples.mutated(seeds.get(i % seeds.size()), random);
      Codec<?> codec = codecs.get(random.nextInt(codecs.size()));
      try {
        codec.parse(bytes, MAX, "x");
      } catch (Refusal expected) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(50_000);
  }

  private static final String SAMPLED =
      ROLLOUT
          .replace(
              "  - {name: canary, count: 2, soak: 20s}",
              "  - {name: lab, selector: \"lab, site=oslo\"}\n"
                  + "  - {name: canary, count: 2, soak: 20s}")
          .replace(
              "gates:",
              """
              sampling:
                seed: 77
                strata: [site, camera]
                worstFirst: {label: network, order: [satellite, lte]}
              gates:\
              """);

  @Test
  void aStageMayBeASelectorAndSamplingSaysBySeedStrataAndWorstFirst() {
    RolloutSpec spec = rollout(SAMPLED);

    assertThat(spec.stages().getFirst().extent())
        .isEqualTo(new RolloutSpec.Taken(Selector.parse("lab, site=oslo")));
    assertThat(spec.sampling())
        .isEqualTo(
            new Sampling(
                OptionalLong.of(77),
                Optional.of(List.of("site", "camera")),
                Optional.of(new Sampling.WorstFirst("network", List.of("satellite", "lte")))));
    assertThat(Wire.ROLLOUT_SPEC.parse(Wire.ROLLOUT_SPEC.bytes(spec), MAX, "x")).isEqualTo(spec);
  }

  @Test
  void aStageMayAskForMoreOrLessThanTheOthers() {
    RolloutSpec spec =
        rollout(
            ROLLOUT
                .replace("soak: 20s", "soak: 20s, minRequests: 7, minReporting: 2, deadline: 5m")
                .replace("percent: 50%", "percent: 50%\n    minReporting: 62.5%")
                .replace("window: 2s", "window: 2s\n  deviceDeadline: 90s"));

    assertThat(spec.minRequests(0)).isEqualTo(7);
    assertThat(spec.quorum(0, 10)).isEqualTo(2);
    assertThat(spec.deadline(0)).isEqualTo(Duration.ofMinutes(5));
    assertThat(spec.minRequests(1)).isEqualTo(200);
    assertThat(spec.quorum(1, 10)).isEqualTo(7);
    assertThat(spec.quorum(2, 10)).isEqualTo(8);
    assertThat(spec.deadline(1)).isEqualTo(Duration.ofHours(24));
    assertThat(spec.timing().deviceDeadline()).contains(Duration.ofSeconds(90));
    assertThat(Wire.ROLLOUT_SPEC.parse(Wire.ROLLOUT_SPEC.bytes(spec), MAX, "x")).isEqualTo(spec);
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("soak: 20s", "soak: 20s, deadlin: 5m")))
        .hasMessageContaining("did you mean deadline?");
  }

  @Test
  void noStrataAreSomethingElseThanTheUsualOnes() {
    RolloutSpec none = rollout(ROLLOUT + "sampling: {strata: []}\n");

    assertThat(none.sampling().dimensions()).isEmpty();
    assertThat(rollout(ROLLOUT).sampling().dimensions()).contains("site", "accelerator");
    assertThat(Wire.ROLLOUT_SPEC.parse(Wire.ROLLOUT_SPEC.bytes(none), MAX, "x")).isEqualTo(none);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "count: 2, | count: 2, percent: 5, | rollout.yaml:8 stages[1] | got count and percent",
        "count: 2, | | rollout.yaml:8 stages[1] | one of count, percent and selector",
        "count: 2, | selektor: x, | rollout.yaml:8 stages[1].selektor | did you mean selector?",
        "count: 2, | selector: '', | rollout.yaml:8 stages[1].selector | takes everything",
        "strata: | stratta: | rollout.yaml:14 sampling.stratta | did you mean strata?",
        "worstFirst: | worstfirst: | rollout.yaml:15 sampling.worstfirst | did you mean"
            + " worstFirst?",
        "order: | odrer: | rollout.yaml:15 sampling.worstFirst.odrer | did you mean order?",
        "[site, camera] | [site, site] | rollout.yaml:13 sampling | is named twice",
        "[site, camera] | ['si te'] | rollout.yaml:13 sampling | got si te",
        "[satellite, lte] | [] | rollout.yaml:15 sampling.worstFirst | needs an order",
        "metric: errors | metric: erorrs | rollout.yaml:17 gates[0] | did you mean errors?",
      })
  void whatIsWrongAboutStagesSamplingAndGatesIsRefusedAtItsPlace(
      String from, @Nullable String to, String place, String says) {
    String wrong = SAMPLED.replaceFirst(Pattern.quote(from), to == null ? "" : to);
    assertThatThrownBy(() -> rollout(wrong)).hasMessageContaining(place).hasMessageContaining(says);
  }

  @Test
  void everyDocumentReadsBackFromItsBytes() {
    assertThat(Wire.MANIFEST.parse(Wire.MANIFEST.bytes(Samples.manifest()), MAX, "x"))
        .isEqualTo(Samples.manifest());
    assertThat(Wire.DESIRED.parse(Wire.DESIRED.bytes(Samples.desired()), MAX, "x"))
        .isEqualTo(Samples.desired());
    assertThat(Wire.REPORT.parse(Wire.REPORT.bytes(Samples.report()), MAX, "x"))
        .isEqualTo(Samples.report());
    assertThat(Wire.TRUST.parse(Wire.TRUST.bytes(Samples.trust()), MAX, "x"))
        .isEqualTo(Samples.trust());
    assertThat(Wire.POLICY.parse(Wire.POLICY.bytes(Samples.policy()), MAX, "x"))
        .isEqualTo(Samples.policy());
    assertThat(Wire.ENVELOPE.parse(Wire.ENVELOPE.bytes(Samples.envelope()), MAX, "x"))
        .isEqualTo(Samples.envelope());
    assertThat(Bytes.of(Wire.ENVELOPE.bytes(Samples.envelope())).utf8())
        .startsWith("{\"payload\":");
  }

  @Test
  void aStageSaysWhoseApprovalItNeedsOrTakesTheDefault() {
    RolloutSpec spec =
        rollout(
            ROLLOUT
                .replace("stages:", "approvals: {count: 2, expires: 4h}\nstages:")
                .replace("soak: 20s}", "soak: 20s, approval: {count: 0}}")
                .replace("percent: 100}", "percent: 100, approval: {}}"));
    assertThat(spec.stages())
        .extracting(RolloutSpec.Stage::approval)
        .containsExactly(
            Optional.empty(),
            Optional.of(new Approval(2, Duration.ofHours(4))),
            Optional.of(new Approval(1, Duration.ofHours(24))));
    byte[] json = Wire.ROLLOUT_SPEC.bytes(spec);
    assertThat(Wire.ROLLOUT_SPEC.parse(json, MAX, "rollout")).isEqualTo(spec);
    assertThat(rollout(ROLLOUT).stages()).allMatch(stage -> stage.approval().isEmpty());
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("soak: 20s}", "approval: {count: 17}}")))
        .hasMessageContaining("rollout.yaml:7 stages[0].approval");
    assertThatThrownBy(() -> rollout(ROLLOUT.replace("soak: 20s}", "approval: {expires: 31d}}")))
        .hasMessageContaining("at most 30d");
  }

  private static RolloutSpec rollout(String yaml) {
    return Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml, "rollout.yaml"));
  }
}

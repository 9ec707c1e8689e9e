package dev.hatchery.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code shadow: true} in rollout.yaml, and what devices say of shadows. */
final class ShadowFormTest {
  private static final String SHADOW = "{name: beside, count: 5, shadow: true}";
  private static final String CANARY = "{name: canary, count: 5}";
  private static final String ALL = "{name: all, percent: 100}";

  private static RolloutSpec read(String stages, String more) {
    String yaml =
        """
        rollout: r
        slot: vision
        channel: stable
        release: m@1.1.0
        """;
    return Wire.ROLLOUT_SPEC.read(
        Yaml.parse(yaml + "stages: [" + stages + "]\n" + more, "rollout.yaml"));
  }

  private static final String GATES = "gates: [{metric: errors, limit: 5%}]\n";

  @Test
  void theFirstStagesMayBeShadowsAndReadBack() {
    RolloutSpec spec = read(SHADOW + "," + CANARY + "," + ALL, GATES);
    assertThat(spec.shadowStages()).isEqualTo(1);
    assertThat(spec.shadows(0)).isTrue();
    assertThat(spec.shadows(1)).isFalse();
    assertThat(Wire.ROLLOUT_SPEC.read(Wire.ROLLOUT_SPEC.write(spec))).isEqualTo(spec);
    assertThat(read(CANARY + "," + ALL, GATES).shadowStages()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: beside, percent: 100, shadow: true}| | ends with a stage whose devices switch",
        "{name: a, count: 5}, {name: beside, count: 6, shadow: true}, {name: all, percent: 100}"
            + "| | move it to the front",
        "{name: beside, count: 5, shadow: true}, {name: all, percent: 100}"
            + "|kind: firmware| firmware cannot run as a shadow",
        "{name: beside, count: 5, shadow: true}, {name: all, percent: 100}"
            + "|control: {count: 5, stages: [beside]}| not compared with a control",
        "{name: beside, count: 5, shadow: true}, {name: c, count: 6}, {name: all, percent: 100}"
            + "|control: {count: 5};experiment: {for: 2h}| an experiment has no shadow stage",
      })
  void whatAShadowStageCannotBeIsRefusedWithItsName(String stages, String more, String why) {
    String lines = more == null ? "" : more.replace(';', '\n');
    assertThatThrownBy(() -> read(stages, GATES + lines + "\n"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(why)
        .hasMessageContaining("stage beside");
  }

  @Test
  void agreementIsAskedOfShadowsOnlyAndHasNoPast() {
    String gate = "gates: [{metric: shadow.agreement, %s}]\n";
    RolloutSpec spec = read(SHADOW + "," + ALL, gate.formatted("below: 95%"));
    assertThat(Wire.ROLLOUT_SPEC.read(Wire.ROLLOUT_SPEC.write(spec))).isEqualTo(spec);
    assertThatThrownBy(() -> read(CANARY + "," + ALL, gate.formatted("below: 95%")))
        .hasMessageContaining("only a shadow reads this metric");
    assertThatThrownBy(() -> read(SHADOW + "," + ALL, gate.formatted("ratio: 0.9")))
        .hasMessageContaining("no past of this metric");
  }

  // An agent from before there were shadows must not take the order for another: it reads a word
  // that it does not know, as this one does here, and refuses the whole document.
  @Test
  void aShadowsOrderIsNoneToWhoDoesNotKnowTheWord() {
    String order = new String(json(Samples.order(Order.Reason.SHADOW)), StandardCharsets.UTF_8);
    assertThat(order).contains("\"reason\":\"shadow\"");
    byte[] unknown = order.replace("\"shadow\"", "\"eclipse\"").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Wire.ORDER.parse(unknown, DataSize.kib(64), "order"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("eclipse");
  }

  private static byte[] json(Order order) {
    return Wire.ORDER.bytes(order);
  }

  @Test
  void onlyADeviceThatCanSaysThatItShadows() {
    DeviceFacts facts = DeviceFacts.UNKNOWN.shadowing(Set.of(new Name("vision")));
    byte[] bytes = Wire.FACTS.bytes(facts);
    assertThat(Wire.FACTS.parse(bytes, DataSize.kib(64), "facts")).isEqualTo(facts);
    assertThat(new String(Wire.FACTS.bytes(DeviceFacts.UNKNOWN), StandardCharsets.UTF_8))
        .doesNotContain("shadows");
  }
}

package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Gate;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Gates on what other systems answer. */
final class InquiryTest {
  private static final String METRIC = "query.orders";
  private static final Duration LASTING = Duration.ofMinutes(2);
  private static final Duration MAX_AGE = Duration.ofSeconds(30);
  private static final Duration TICK = Duration.ofSeconds(2);

  private static Gate.Query query(
      Optional<Double> above, Optional<Double> below, Optional<Double> ratio) {
    return new Gate.Query(
        new Name("orders"), new Name("shop"), "sum(x)", above, below, ratio, LASTING, MAX_AGE);
  }

  private static Gate.Query below(double bound) {
    return query(Optional.empty(), Optional.of(bound), Optional.empty());
  }

  private static Gate.Query above(double bound) {
    return query(Optional.of(bound), Optional.empty(), Optional.empty());
  }

  private static Gate.Query ratio(double ratio) {
    return query(Optional.empty(), Optional.empty(), Optional.of(ratio));
  }

  private static Scene scene(Gate query) {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_LIMIT, query);
    scene.baselines.clear();
    return scene;
  }

  private static Decision hear(Scene scene, double value) {
    scene.queries = Map.of(METRIC, new QueryAnswer.Value(value, scene.now));
    if (!scene.rollout.members().isEmpty()) {
      for (int n = 0; n < scene.rollout.members().size(); n++) scene.hear(scene.proof(n));
    }
    return scene.decide();
  }

  private static Verdict verdict(Decision decision) {
    return Scene.verdict(decision, METRIC);
  }

  @Test
  void theFirstStageWaitsForAGoodValue() {
    Scene scene = scene(below(100));
    Decision unasked = scene.decide();
    assertThat(verdict(unasked).kind()).isEqualTo(Kind.NO_DATA);
    assertThat(verdict(unasked).reason()).isEqualTo("the endpoint has not been asked yet");
    assertThat(Scene.verdict(unasked, Inquiries.GATE).reason())
        .isEqualTo("the first stage waits until these pass: query.orders");
    assertThat(unasked.commands()).isEmpty();
    Decision bad = hear(scene, 99);
    assertThat(verdict(bad).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(bad).reason()).endsWith("so it was before the rollout");
    scene.after(LASTING.multipliedBy(2));
    assertThat(hear(scene, 99).next().abort()).isEmpty();
    Decision good = hear(scene, 100);
    assertThat(verdict(good).kind()).isEqualTo(Kind.PASS);
    assertThat(good.commands()).hasSize(2);
    assertThat(good.verdicts()).noneMatch(v -> v.gate().equals(Inquiries.GATE));
  }

  @Test
  void aBadValueHoldsAndOneThatLastsAborts() {
    Scene scene = scene(above(100));
    hear(scene, 100);
    Decision first = hear(scene.after(TICK), 100.5);
    assertThat(verdict(first).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(first).reason())
        .startsWith("100.5 at " + scene.now)
        .endsWith("beyond it for 0s, aborts in 2m");
    var since = scene.now;
    while (scene.now.isBefore(since.plus(LASTING).minus(TICK))) {
      assertThat(hear(scene.after(TICK), 101).next().abort()).isEmpty();
    }
    Decision last = hear(scene.after(TICK), 101);
    assertThat(last.next().abort().orElseThrow().gate()).isEqualTo(METRIC);
    assertThat(last.next().abort().orElseThrow().reason()).contains("beyond it for 2m");
  }

  @Test
  void aGoodValueInBetweenBeginsTheTimeAnew() {
    Scene scene = scene(above(100));
    hear(scene, 1);
    hear(scene.after(TICK), 101);
    hear(scene.after(TICK), 100);
    assertThat(scene.rollout.inquiries().get(METRIC))
        .extracting(Inquiry::bad)
        .isEqualTo(Optional.empty());
    Decision again = hear(scene.after(TICK), 101);
    assertThat(verdict(again).reason()).contains("beyond it for 0s");
  }

  @Test
  void whatIsMissingOrLateIsNoDataAndNeitherPassesNorAborts() {
    Scene scene = scene(above(100));
    hear(scene, 1);
    scene.after(TICK);
    scene.queries = Map.of(METRIC, new QueryAnswer.Nothing("shop did not answer"));
    Decision missing = scene.soaked(2);
    assertThat(verdict(missing).kind()).isEqualTo(Kind.NO_DATA);
    assertThat(verdict(missing).reason()).isEqualTo("shop did not answer");
    assertThat(missing.next().stage()).isZero();
    scene.queries = Map.of(METRIC, new QueryAnswer.Value(1, scene.now.minus(MAX_AGE)));
    assertThat(verdict(scene.decide()).kind()).isEqualTo(Kind.PASS);
    for (Duration off : new Duration[] {MAX_AGE.plusMillis(1), MAX_AGE.plusMillis(1).negated()}) {
      Scene late = scene(above(100));
      late.queries = Map.of(METRIC, new QueryAnswer.Value(1, late.now.minus(off)));
      Decision decision = late.decide();
      assertThat(verdict(decision).kind()).isEqualTo(Kind.NO_DATA);
      assertThat(verdict(decision).reason()).contains("no answer for now", "at most 30s apart");
    }
  }

  @Test
  void aShortGapDoesNotEndABadStretchAndALongOneDoes() {
    Scene scene = scene(above(100));
    hear(scene, 1);
    hear(scene.after(TICK), 101);
    var since = scene.now;
    scene.queries = Map.of();
    scene.after(MAX_AGE).hear(scene.proof(0), scene.proof(1)).decide();
    var bad = scene.rollout.inquiries().get(METRIC);
    assertThat(bad == null ? null : bad.bad().orElseThrow().since()).isEqualTo(since);
    scene.after(Duration.ofMillis(1)).decide();
    assertThat(scene.rollout.inquiries().get(METRIC))
        .isEqualTo(new Inquiry(bad == null ? Optional.empty() : bad.before(), Optional.empty()));
  }

  @Test
  void aRatioStandsOnTheLastValueBeforeTheFirstDeviceWasToldToSwitch() {
    Scene scene = scene(ratio(0.9));
    Decision ordered = hear(scene, 200);
    assertThat(ordered.commands()).hasSize(2);
    assertThat(verdict(hear(scene.after(TICK), 180)).kind()).isEqualTo(Kind.PASS);
    Decision fell = hear(scene.after(TICK), 179);
    assertThat(verdict(fell).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(fell).reason())
        .contains("allowed are at least 0.9 times what was before: 200.0 at " + Specs.T0);
    Scene up = scene(ratio(1.5));
    hear(up, 200);
    assertThat(verdict(hear(up.after(TICK), 300)).kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(hear(up.after(TICK), 301)).kind()).isEqualTo(Kind.HOLD);
  }

  @Test
  void aRatioOfNothingIsNoData() {
    Scene scene = scene(ratio(0.9));
    Decision decision = hear(scene, 0);
    assertThat(verdict(decision).kind()).isEqualTo(Kind.NO_DATA);
    assertThat(verdict(decision).reason()).contains("the value before was 0.0");
    assertThat(decision.commands()).isEmpty();
  }

  @Test
  void aQueryInDryRunHoldsNothing() {
    Scene scene = scene(new Gate.DryRun(above(100)));
    Decision unasked = scene.decide();
    assertThat(unasked.commands()).hasSize(2);
    assertThat(verdict(unasked).dryRun()).isTrue();
    hear(scene.after(TICK), 101);
    for (int i = 0; i < 70; i++) hear(scene.after(TICK), 101);
    Decision decision = hear(scene.after(TICK), 101);
    assertThat(verdict(decision).kind()).isEqualTo(Kind.FAIL);
    assertThat(decision.next().abort()).isEmpty();
  }

  @Test
  void aValueOutsideOfEitherBoundIsBad() {
    Gate.Query both = query(Optional.of(100.0), Optional.of(50.0), Optional.of(0.9));
    Scene scene = scene(both);
    hear(scene, 80);
    assertThat(verdict(hear(scene.after(TICK), 49)).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(hear(scene.after(TICK), 101)).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(hear(scene.after(TICK), 71)).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(hear(scene.after(TICK), 72)).kind()).isEqualTo(Kind.PASS);
  }

  @Test
  void twoQueriesOfOneNameAreRefused() {
    assertThatThrownBy(() -> Scene.with(Specs.TIMING, above(1), above(2)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("two gates set the same limit");
  }

  @Test
  void aValueIsANumber() {
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new QueryAnswer.Value(wrong, Specs.T0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

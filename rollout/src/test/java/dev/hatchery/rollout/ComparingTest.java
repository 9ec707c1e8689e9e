package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promotion by comparison with devices that are held back (gates reference, section 4, L3). */
final class ComparingTest {
  private static Compared usual(double effect) {
    return Compared.of(new Random(5), 6, 12, effect, 0.05);
  }

  @Test
  void aGoodReleasePassesAtTheFirstLook() {
    Compared c = usual(1);
    c.minutes(10);
    assertThat(c.scene.rollout.stage()).isZero();
    Decision waiting = c.scene.decide();
    assertThat(verdict(waiting, "control").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(verdict(waiting, "control").reason())
        .isEqualTo("compared with 12 devices held back; next look in 1m");
    Decision passed = c.minute();
    assertThat(verdict(passed, "control:latency-p95").kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(passed, "control:errors").kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(passed, "control:latency-p95").reason())
        .contains("against the control, at most")
        .contains("with 97.5% confidence, 1.25 times allowed; 6 devices against 12");
    assertThat(c.scene.rollout.stage()).isEqualTo(1);
    assertThat(c.scene.rollout.comparison().since()).isEmpty();
    assertThat(c.scene.rollout.comparison().looks()).isZero();
    assertThat(c.scene.rollout.comparison().findings()).isEmpty();
    assertThat(c.scene.rollout.comparison().control()).hasSize(12);
  }

  @Test
  void everyStageIsComparedAnewAndTheLastTakesTheControl() {
    Compared c = usual(1);
    c.minutes(30);
    assertThat(c.scene.rollout.stage()).isEqualTo(1);
    List<DeviceId> control = c.scene.rollout.cohorts().control();
    assertThat(c.scene.rollout.members().keySet()).doesNotContainAnyElementsOf(control);
    for (int i = 0; i < 30 && c.scene.rollout.stage() == 1; i++) c.minute();
    assertThat(c.scene.rollout.stage()).isEqualTo(2);
    assertThat(c.scene.rollout.members().keySet()).containsAll(control);
    Decision last = c.minute();
    assertThat(last.verdicts()).noneMatch(v -> v.gate().startsWith(Comparing.GATE));
    for (int i = 0; i < 30 && !c.scene.rollout.phase().over(); i++) c.minute();
    assertThat(c.scene.rollout.phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void aSlowerReleaseIsHeldAndItsStageFailsAtTheDeadline() {
    Compared c = usual(1.4);
    Decision held = c.minutes(11);
    assertThat(verdict(held, "control:latency-p95").kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(held, "control:latency-p95").reason())
        .contains("worse by the margin or more, as far as can be seen")
        .endsWith("; next look in 10m");
    assertThat(verdict(held, "control:errors").kind()).isEqualTo(Kind.PASS);
    assertThat(held.next().heldSince()).isPresent();
    c.minutes(400);
    assertThat(c.scene.rollout.stage()).isZero();
    assertThat(c.scene.rollout.abort().orElseThrow().gate()).isEqualTo("deadline");
    assertThat(c.scene.rollout.abort().orElseThrow().reason()).contains("control:latency-p95");
  }

  @Test
  void aReleaseThatFailsMoreOftenIsHeld() {
    Compared c = usual(1).errors(0.01, 0.03);
    Decision held = c.minutes(60);
    assertThat(verdict(held, "control:errors").kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(held, "control:errors").reason()).contains("1 percentage points allowed");
    assertThat(usual(1).errors(0.03, 0.03).passes(300)).isTrue();
  }

  // Everything is 1.6 times as slow from the fifth minute on, whatever a device runs.
  @Test
  void whatBefallsBothSidesAlikeHoldsNothing() {
    assertThat(usual(1).in(minute -> minute < 5 ? 1 : 1.6).passes(11)).isTrue();
    assertThat(usual(1.6).passes(300)).isFalse();
    // And a day that makes everything faster hides no release that is slower.
    assertThat(usual(1.4).in(minute -> minute < 5 ? 1 : 0.6).passes(300)).isFalse();
  }

  @Test
  void whatIsUndecidedSaysWhatWouldDecideIt() {
    Compared c = Compared.of(new Random(1), 5, 12, 1.08, 0.12);
    Decision held = c.minutes(11);
    assertThat(verdict(held, "control:latency-p95").reason())
        .containsPattern("about \\d+ more devices? in the stage would show it; next look in 10m");
    for (int i = 0; i < 9; i++) c.minute();
    assertThat(verdict(c.scene.decide(), "control:latency-p95").reason()).endsWith("look in 1m");
    assertThat(c.scene.rollout.comparison().looks()).isEqualTo(1);
    c.minute();
    assertThat(c.scene.rollout.comparison().looks()).isEqualTo(2);
    for (int i = 0; i < 19; i++) c.minute();
    assertThat(c.scene.rollout.comparison().looks()).isEqualTo(2);
    c.minute();
    assertThat(c.scene.rollout.comparison().looks()).isEqualTo(3);
  }

  @Test
  void missingControlDataHoldsAndPostponesTheLook() {
    Compared c = usual(1).withSilentControls(3);
    Decision held = c.minutes(20);
    assertThat(verdict(held, "control").kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(held, "control").reason())
        .isEqualTo(
            "9 of 12 devices held back as control have answered 100 requests since the comparison"
                + " began, 10 needed");
    assertThat(c.scene.rollout.comparison().looks()).isZero();
    assertThat(usual(1).withSilentControls(2).passes(11)).isTrue();
  }

  @Test
  void theFirstStageWaitsForTheControlsPast() {
    Compared c = usual(1);
    List<DeviceId> control = c.scene.rollout.cohorts().control();
    assertThat(Engine.heldBack(c.scene.rollout)).isEqualTo(control);
    for (int n = 0; n < 3; n++)
      c.scene.baselines.put(control.get(n), Specs.past(400, Compared.MINUTE));
    Decision decision = c.scene.decide();
    assertThat(decision.commands()).isEmpty();
    assertThat(verdict(decision, "baseline").reason())
        .startsWith("9 of 12 devices held back as control have a past to compare with, 10 needed: ")
        .contains(control.getFirst() + " needs 600 more requests, 59m more of them");
    c.scene.baselines.put(control.getFirst(), Specs.past(1000, Duration.ofHours(1)));
    assertThat(c.scene.decide().commands()).hasSize(6);
    assertThat(Engine.heldBack(c.scene.rollout)).isEmpty();
    // What comes later changes nothing: both sides are held to the past they had.
    c.scene.baselines.clear();
    c.scene.decide();
    assertThat(c.scene.rollout.comparison().control().values())
        .filteredOn(d -> d.device().equals(control.getFirst()))
        .extracting(ControlDevice::baseline)
        .containsExactly(Specs.past(1000, Duration.ofHours(1)));
  }

  @Test
  void theStagesOwnPastIsAskedForToo() {
    Compared c = usual(1);
    for (int n = 0; n < 2; n++) c.scene.baselines.remove(c.scene.device(n));
    assertThat(verdict(c.scene.decide(), "baseline").reason())
        .startsWith("4 of 6 devices have a past to compare with, 5 needed");
  }

  @Test
  void onlyWarmWindowsOfTheReleaseBeforeCountAndOnlySinceItBegan() {
    Compared c = usual(1);
    c.minutes(1);
    Instant since = c.scene.rollout.comparison().since().orElseThrow();
    DeviceId held = c.scene.rollout.cohorts().control().getFirst();
    var latency = new LatencyHistogram(Map.of(40, 50L));
    c.scene.after(Compared.MINUTE);
    Told told = Told.proof(held, c.scene.now, "channel/1", Specs.OLD);
    told.measured(Specs.OLD, Compared.MINUTE, 7, latency);
    told.measured(Specs.OLD, Compared.MINUTE.plusMillis(1), 1, latency);
    told.measured(Specs.NEW, Compared.MINUTE, 1, latency);
    told.window(Specs.OLD, false, c.scene.now, Compared.MINUTE, 9, 9, 0, 0.01);
    c.scene.hear(told).decide();
    assertThat(sum(c, held)).isEqualTo(new Concurrent(since, 50, 7, latency));
  }

  private static Concurrent sum(Compared c, DeviceId held) {
    return c.scene.rollout.comparison().control().values().stream()
        .filter(d -> d.device().equals(held))
        .map(ControlDevice::concurrent)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMemberIsMeasuredOverTheSameTime() {
    Compared c = usual(1);
    c.minutes(1);
    DeviceId canary = c.scene.device(0);
    assertThat(c.scene.member(0).concurrent()).isEqualTo(Concurrent.NONE);
    assertThat(c.scene.member(0).requests()).isEqualTo(20);
    c.minute();
    assertThat(c.scene.member(0).concurrent().requests()).isEqualTo(20);
    c.scene.after(Compared.MINUTE);
    var latency = new LatencyHistogram(Map.of(40, 50L));
    Told late = Told.proof(canary, c.scene.now, c.scene.command(0), Specs.NEW);
    c.scene.hear(late.measured(Specs.NEW, Compared.MINUTE.multipliedBy(3), 1, latency)).decide();
    assertThat(c.scene.member(0).concurrent().requests()).isEqualTo(20);
    assertThat(c.scene.member(0).requests()).isEqualTo(90);
  }

  @Test
  void onlyNamedStagesAreCompared() {
    var stages =
        List.of(
            Specs.stage("canary", new dev.hatchery.core.RolloutSpec.Count(4)),
            Specs.stage("half", new dev.hatchery.core.RolloutSpec.Percent(50)),
            Specs.stage("all", new dev.hatchery.core.RolloutSpec.Percent(100)));
    var spec = Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT);
    Scene scene = new Scene(Specs.plan(Specs.compared(spec, Specs.control(4, "half")), 20));
    scene.decide();
    assertThat(scene.after(Duration.ofSeconds(2)).soaked(4).next().stage()).isEqualTo(1);
    assertThat(Comparing.of(scene.rollout)).isPresent();
    assertThat(verdict(scene.decide(), "control").reason())
        .isEqualTo("compared from when enough of the stage's devices run the target");
  }

  @Test
  void theOrderInWhichTheControlReportsDoesNotMatter() {
    ForAll.cases(
        30,
        random -> {
          Compared c = Compared.of(random, 5, 5, 1, 0.05);
          c.minutes(3);
          c.scene.after(Compared.MINUTE);
          List<Observation> told = new ArrayList<>();
          for (DeviceId d : c.scene.rollout.cohorts().control()) {
            for (int i = 0; i < 3; i++) {
              Digest bundle = random.nextBoolean() ? Specs.OLD : Specs.NEW;
              var latency = new LatencyHistogram(Map.of(30 + random.nextInt(9), 5L));
              Told report = Told.proof(d, c.scene.now, "channel/1", bundle);
              told.add(report.measured(bundle, Compared.MINUTE, 1, latency).done());
            }
          }
          long upTo = c.scene.rollout.evidenceUpTo() + told.size();
          Evidence evidence = new Evidence(upTo, told, Map.of());
          Decision decision = Engine.decide(c.scene.rollout, evidence, c.scene.now);
          List<Observation> shuffled = new ArrayList<>(told);
          Collections.shuffle(shuffled, random);
          Evidence other = new Evidence(upTo, shuffled, Map.of());
          assertThat(Engine.decide(c.scene.rollout, other, c.scene.now)).isEqualTo(decision);
          // And replayed it counts no second time.
          assertThat(Engine.decide(decision.next(), evidence, c.scene.now).next().comparison())
              .isEqualTo(decision.next().comparison());
        });
  }

  // Truly 1.25 times as slow, which is the margin; looked at each minute for 90 minutes, in which
  // four looks are due.
  @Tag("simulation")
  @ParameterizedTest
  @CsvSource({"6, 12, 0.05", "5, 5, 0.2"})
  void aReleaseAtTheMarginRarelyPassesThoughItIsLookedAtEachMinute(
      int canaries, int held, double spread) {
    int runs = 100;
    double alpha = 0.05;
    double rate =
        Simulated.rate(
            runs, random -> Compared.of(random, canaries, held, 1.25, spread).passes(90));
    Simulated.figure("false promotions in the engine, sd " + spread, rate + " of " + runs);
    assertThat(rate).isLessThanOrEqualTo(alpha + 3 * Math.sqrt(alpha * (1 - alpha) / runs));
  }

  @Tag("simulation")
  @ParameterizedTest
  @CsvSource({"5, 20, 0.05, 0.95", "5, 20, 0.1, 0.9"})
  void aGoodReleaseIsSeldomHeld(int canaries, int held, double spread, double least) {
    double rate =
        Simulated.rate(50, random -> Compared.of(random, canaries, held, 1, spread).passes(90));
    Simulated.figure("good releases that pass, sd " + spread, rate);
    assertThat(rate).isGreaterThanOrEqualTo(least);
  }
}

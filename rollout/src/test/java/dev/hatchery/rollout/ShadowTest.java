package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Event;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Overrides;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.Sampling;
import dev.hatchery.core.Selector;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Stages whose devices run the release beside what they serve. */
final class ShadowTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final DeviceFacts ABLE = DeviceFacts.UNKNOWN.shadowing(Set.of(Specs.SLOT));
  private static final Gate AGREEMENT =
      new Gate.Level(
          Metric.SHADOW_AGREEMENT,
          new Gate.Level.Bounds(
              Optional.empty(), Optional.of(0.9), Optional.empty(), Optional.empty()),
          0.05,
          0.01);

  private static Stage beside(RolloutSpec.Extent extent) {
    return new Stage(
        new Name("beside"), extent, Specs.SOAK, Overrides.NONE, Optional.empty(), true);
  }

  /** Two shadows, the same two for real, then all. */
  private static List<Stage> stages() {
    return List.of(
        beside(new Count(2)),
        Specs.stage("canary", new Count(2)),
        Specs.stage("rest", new Percent(100)));
  }

  private static Rollout plan(List<Stage> stages, List<Candidate> fleet, Gate... gates) {
    RolloutSpec spec = Specs.spec(stages, Specs.TIMING, gates);
    return Engine.plan("r1", spec, Specs.NEW, Optional.of(Specs.PREVIOUS), fleet, 7, 0, Specs.T0);
  }

  private static List<Candidate> able(int n) {
    return IntStream.range(0, n).mapToObj(i -> candidate(i, ABLE)).toList();
  }

  private static Candidate candidate(int n, DeviceFacts facts) {
    return new Candidate(new DeviceId("cam-" + n), Labels.NONE, facts);
  }

  private static Scene scene(Gate... gates) {
    return new Scene(plan(stages(), able(6), gates));
  }

  private static Scene scene() {
    return scene(Specs.ERRORS_LIMIT);
  }

  private static Told shadow(Scene scene, int n) {
    return Told.shadow(scene.device(n), scene.now, scene.command(n));
  }

  private static Told good(Told told) {
    for (int i = 0; i < 10; i++) told.window(TICK, 10, 0, 0.010);
    return told.asShadow();
  }

  /** Both shadows have soaked without a fault; the decision that follows. */
  private static Decision soaked(Scene scene) {
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(good(shadow(scene, n)));
    return scene.decide();
  }

  @Test
  void itsDevicesAreOrderedAShadowAndNotToSwitch() {
    Scene scene = scene();
    Decision first = scene.decide();
    assertThat(first.commands())
        .containsExactly(
            new Command.Shadow(scene.device(0), "r1/shadow1"),
            new Command.Shadow(scene.device(1), "r1/shadow1"));
    assertThat(first.summary())
        .isEqualTo("2 devices told to run a shadow of inspection@1.1.0 for stage beside");
  }

  @Test
  void aShadowThatPassesIsFollowedByRealOrdersWithFreshEvidence() {
    Scene scene = scene();
    Decision passed = soaked(scene);
    assertThat(passed.summary())
        .startsWith("stage beside passes: 2 of 2 devices, 200 requests, soak 20s")
        .endsWith("2 devices told to switch to inspection@1.1.0 for stage canary");
    assertThat(passed.commands())
        .containsExactly(
            new Command.Assign(scene.device(0), "r1/1"),
            new Command.Assign(scene.device(1), "r1/1"));
    for (Member m : scene.rollout.members().values()) {
      assertThat(m.stage()).isEqualTo(1);
      assertThat(m.requests()).isZero();
      assertThat(m.observed()).isZero();
      assertThat(m.tallies()).isEmpty();
      assertThat(m.wasConfirmed()).isFalse();
      assertThat(m.state()).isEqualTo(Member.State.ORDERED);
      assertThat(m.baseline()).isEqualTo(Specs.enough());
    }
  }

  @Test
  void whatTheShadowCostIsStillCounted() {
    Scene scene = scene();
    scene.decide();
    scene.after(TICK).hear(good(shadow(scene, 0)).bytes(700), good(shadow(scene, 1)));
    scene.decide();
    assertThat(scene.member(0).stage()).isEqualTo(1);
    assertThat(scene.member(0).bytesDownloaded()).isEqualTo(700);
    scene.after(TICK).hear(scene.underWay(0).bytes(5));
    scene.decide();
    assertThat(scene.member(0).bytesDownloaded()).isEqualTo(705);
  }

  @Test
  void whatAShadowSaysLateCountsNothingForTheRealStage() {
    Scene scene = scene();
    soaked(scene);
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(good(scene.proof(n)));
    scene.decide();
    assertThat(scene.member(0).state()).isEqualTo(Member.State.CONFIRMED);
    assertThat(scene.member(0).requests()).isZero();
    assertThat(scene.member(0).observed()).isZero();
    assertThat(scene.member(0).tallies()).isEmpty();
    assertThat(scene.rollout.stage()).isEqualTo(1);
  }

  @Test
  void whatIsServedCountsNothingForTheShadow() {
    Scene scene = scene();
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(Scene.healthy(shadow(scene, n)));
    scene.decide();
    assertThat(scene.member(0).state()).isEqualTo(Member.State.CONFIRMED);
    assertThat(scene.member(0).requests()).isZero();
    assertThat(scene.rollout.stage()).isZero();
  }

  @Test
  void aShadowIsProvedOnlyWhereTheServedReleaseIsProvedBesideIt() {
    for (Told told :
        List.of(
            Told.shadow(new DeviceId("x"), Specs.T0, "other"),
            Told.shadow(new DeviceId("x"), Specs.T0, "r1/shadow1").running(Optional.empty()),
            Told.shadow(new DeviceId("x"), Specs.T0, "r1/shadow1").running(Optional.of(Specs.NEW)),
            Told.shadow(new DeviceId("x"), Specs.T0, "r1/shadow1").beside(Optional.of(Specs.OLD)),
            Told.shadow(new DeviceId("x"), Specs.T0, "r1/shadow1").beside(Optional.empty()),
            Told.shadow(new DeviceId("x"), Specs.T0, "r1/shadow1").state(State.SHADOWING),
            Told.proof(new DeviceId("x"), Specs.T0, "r1/shadow1", Specs.NEW))) {
      Scene scene = scene();
      scene.decide();
      scene.after(TICK).hear(told.from(scene.device(0), scene.now));
      scene.decide();
      assertThat(scene.member(0).state()).as("%s", told.done()).isEqualTo(Member.State.ORDERED);
    }
  }

  @Test
  void theWindowsOfItsTrialAreEvidenceAndNoSoak() {
    Scene scene = scene();
    scene.decide();
    scene.after(TICK);
    Told told = good(shadow(scene, 0));
    told.event(Event.Kind.SHADOWED, scene.command(0), Optional.empty(), scene.now);
    scene.hear(told);
    scene.decide();
    assertThat(scene.member(0).requests()).isEqualTo(100);
    assertThat(scene.member(0).observed()).isZero();
  }

  @Test
  void aFaultyShadowAbortsAndIsTakenAway() {
    Scene scene = scene();
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) {
      scene.hear(shadow(scene, n).window(TICK, 100, 30, 0.01).asShadow());
    }
    Decision aborted = scene.decide();
    assertThat(aborted.commands())
        .containsExactly(
            new Command.RollBack(scene.device(0), "r1/back2"),
            new Command.RollBack(scene.device(1), "r1/back2"));
    assertThat(aborted.summary())
        .endsWith("2 devices told to take the shadow away, serving inspection@1.0.0");
    assertThat(scene.rollout.abort().orElseThrow().gate()).isEqualTo("errors:limit");

    scene.after(TICK).hear(scene.home(0).beside(Optional.of(Specs.NEW)), scene.home(1));
    assertThat(scene.decide().summary())
        .isEqualTo(
            "the shadow is gone from 1 of 2 devices, which served inspection@1.0.0 throughout");
    assertThat(scene.member(0).state()).isEqualTo(Member.State.ROLLING_BACK);
    Decision over = scene.after(TICK).hear(scene.home(0)).decide();
    assertThat(over.next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(over.summary()).startsWith("the shadow is gone from all 2 devices");
  }

  @Test
  void anUndoOfItOrdersNobodyToSwitch() {
    Scene scene = scene();
    scene.decide();
    scene.after(TICK).hear(good(shadow(scene, 0)));
    scene.decide();
    scene.act(new Action.Abort("enough"));
    scene.after(TICK).hear(scene.home(0), scene.home(1));
    scene.decide();
    assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThatThrownBy(() -> scene.act(new Action.Undo("admin", "")))
        .hasMessageContaining("nothing here to undo");
  }

  @Test
  void aShadowThatWentAwayAloneGetsAFreshOneAsAShadow() {
    Scene scene = scene();
    scene.decide();
    scene.after(TICK).hear(scene.failed(0, Code.CRASH_LOOP));
    scene.decide();
    assertThat(scene.member(0).localRollbacks()).isEqualTo(1);
    Decision again = scene.after(Specs.TIMING.retryAfter()).decide();
    assertThat(again.commands()).containsExactly(new Command.Shadow(scene.device(0), "r1/shadow2"));
  }

  @Test
  void shadowsAreJudgedUntilTheFirstDeviceSwitchesAndTakenAwayByAnAbort() {
    Stage approved =
        new Stage(
            new Name("canary"),
            new Count(2),
            Specs.SOAK,
            Overrides.NONE,
            Optional.of(new Approval(1, Duration.ofHours(1))));
    List<Stage> stages =
        List.of(beside(new Count(2)), approved, Specs.stage("rest", new Percent(100)));
    Scene scene = new Scene(plan(stages, able(6), Specs.ERRORS_LIMIT));
    soaked(scene);
    assertThat(scene.rollout.stage()).isEqualTo(1);
    assertThat(scene.member(0).stage()).isZero();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) {
      scene.hear(shadow(scene, n).window(TICK, 100, 60, 0.01).asShadow());
    }
    Decision aborted = scene.decide();
    assertThat(aborted.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(aborted.commands()).hasSize(2);
  }

  @Test
  void whatAHeldShadowShowsIsNotMixedWithThoseThatSwitched() {
    Scene scene = scene();
    scene.decide();
    scene.restraints = new Restraints(Optional.empty(), Map.of(scene.device(0), "is held"));
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(good(shadow(scene, n)));
    Decision passed = scene.decide();
    assertThat(passed.commands()).containsExactly(new Command.Assign(scene.device(1), "r1/1"));
    scene.after(TICK);
    scene.hear(shadow(scene, 0).window(TICK, 1000, 900, 0.01).asShadow());
    scene.hear(Scene.healthy(scene.proof(1)));
    Decision next = scene.decide();
    assertThat(next.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(next.next().stage()).isEqualTo(1);
    assertThat(Scene.verdict(next, "errors:limit").reason()).startsWith("0 of 100 trials bad on 1");
    scene.restraints = Restraints.NONE;
    assertThat(scene.after(TICK).decide().commands())
        .containsExactly(new Command.Assign(scene.device(0), "r1/1"));
  }

  @Test
  void aPinnedDeviceThatIsPassedByLosesItsShadow() {
    Scene scene = scene();
    scene.decide();
    scene.restraints =
        new Restraints(
            Optional.empty(), Map.of(), Map.of(scene.device(0), "is pinned"), Interlock.NONE);
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(good(shadow(scene, n)));
    Decision passed = scene.decide();
    assertThat(passed.commands())
        .containsExactlyInAnyOrder(
            new Command.RollBack(scene.device(0), "r1/noshadow1"),
            new Command.Assign(scene.device(1), "r1/1"));
    assertThat(scene.member(0).state()).isEqualTo(Member.State.PINNED);
    assertThat(scene.member(0).touched()).isFalse();
  }

  @Test
  void agreementJudgesShadowsAndIsNotAskedOfOthers() {
    Scene scene = scene(Specs.ERRORS_LIMIT, AGREEMENT);
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) {
      Told told = good(shadow(scene, n));
      for (int i = 0; i < 30; i++) told.reading(Metric.SHADOW_AGREEMENT, 0.99);
      scene.hear(told.asShadow());
    }
    Decision passed = scene.decide();
    assertThat(passed.next().stage()).isEqualTo(1);
    scene.after(TICK);
    Decision real = scene.soaked(2);
    assertThat(real.next().stage()).isEqualTo(2);
    assertThat(
            real.verdicts().stream()
                .filter(v -> v.gate().startsWith("shadow.agreement"))
                .map(Verdict::kind))
        .containsOnly(Kind.NOT_APPLICABLE);
  }

  @Test
  void aShadowThatSaysSomethingElseAborts() {
    Scene scene = scene(Specs.ERRORS_LIMIT, AGREEMENT);
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) {
      Told told = shadow(scene, n);
      for (int i = 0; i < 30; i++) told.reading(Metric.SHADOW_AGREEMENT, 0.5);
      scene.hear(told.asShadow());
    }
    assertThat(scene.decide().next().abort().orElseThrow().gate()).startsWith("shadow.agreement");
  }

  @Test
  void goldenSamplesAreNotAskedOfAShadow() {
    Gate golden = new Gate.Events(Metric.GOLDEN, Optional.of(0.01), Optional.empty(), 0.01);
    Scene scene = scene(Specs.ERRORS_LIMIT, golden);
    Decision passed = soaked(scene);
    assertThat(Scene.verdict(passed, "golden:limit").kind()).isEqualTo(Kind.NOT_APPLICABLE);
    assertThat(passed.next().stage()).isEqualTo(1);
  }

  @Test
  void shadowsAndThoseThatSwitchShareTheBudget() {
    RolloutSpec with = Specs.spec(stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    RolloutSpec without = Specs.spec(stages().subList(1, 3), Specs.TIMING, Specs.ERRORS_LIMIT);
    assertThat(Limit.of(without).getFirst().threshold()).isEqualTo(100);
    assertThat(Limit.of(with).getFirst().threshold()).isEqualTo(200);
  }

  @Test
  void whoComesWhileOnlyShadowsHavePassedWaitsForTheLastStage() {
    Scene scene = scene();
    soaked(scene);
    assertThat(scene.rollout.stage()).isEqualTo(1);
    Decision joined = Engine.join(scene.rollout, List.of(new DeviceId("new")), scene.now);
    assertThat(joined.next().cohorts().sizes()).containsExactly(2, 2, 7);
    assertThat(joined.summary()).endsWith("waiting for stage rest");
    List<Stage> one = List.of(beside(new Count(2)), Specs.stage("rest", new Percent(100)));
    Decision none =
        Engine.join(plan(one, able(6), Specs.ERRORS_LIMIT), List.of(new DeviceId("new")), Specs.T0);
    assertThat(none.summary()).isEqualTo("nobody joined");
  }

  @Test
  void strataThatAreNamedAreNotLeftOutForWantOfDevicesThatCan() {
    List<Candidate> fleet = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      String site = n < 3 ? "oslo" : "bergen";
      DeviceFacts facts = n < 3 ? ABLE : DeviceFacts.UNKNOWN;
      fleet.add(new Candidate(new DeviceId("cam-" + n), new Labels(Map.of("site", site)), facts));
    }
    Sampling bySite =
        new Sampling(OptionalLong.empty(), Optional.of(List.of("site")), Optional.empty());
    RolloutSpec spec = Specs.sampled(bySite, stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    assertThatThrownBy(
            () ->
                Engine.plan(
                    "r1", spec, Specs.NEW, Optional.of(Specs.PREVIOUS), fleet, 7, 0, Specs.T0))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("3 of 6 have a service that cannot shadow")
        .hasMessageContaining("site=bergen");
  }

  @Test
  void onlyDevicesThatCanAreDrawnForAShadowStage() {
    List<Candidate> mixed =
        IntStream.range(0, 20)
            .mapToObj(i -> candidate(i, i % 4 == 0 ? ABLE : DeviceFacts.UNKNOWN))
            .toList();
    List<Stage> four =
        List.of(
            beside(new Count(4)),
            Specs.stage("canary", new Count(6)),
            Specs.stage("rest", new Percent(100)));
    Rollout planned = plan(four, mixed, Specs.ERRORS_LIMIT);
    Set<DeviceId> able =
        Set.copyOf(mixed.stream().filter(c -> c.shadows(Specs.SLOT)).map(Candidate::id).toList());
    assertThat(planned.cohorts().of(0)).hasSize(4).isSubsetOf(able);
    assertThat(planned.cohorts().of(1)).hasSize(6).containsAll(planned.cohorts().of(0));
    assertThat(planned.cohorts().of(2)).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void tooFewDevicesThatCanAreRefusedWithHowManyCannot() {
    List<Candidate> few =
        IntStream.range(0, 6)
            .mapToObj(i -> candidate(i, i == 0 ? ABLE : DeviceFacts.UNKNOWN))
            .toList();
    assertThatThrownBy(() -> plan(stages(), few, Specs.ERRORS_LIMIT))
        .hasMessageContaining("INCOMPATIBLE")
        .hasMessageContaining(
            "5 of 6 have a service that cannot shadow: cam-1, cam-2, cam-3, cam-4, cam-5")
        .hasMessageContaining("stage beside");
    List<Candidate> two =
        IntStream.range(0, 6)
            .mapToObj(i -> candidate(i, i < 2 ? ABLE : DeviceFacts.UNKNOWN))
            .toList();
    assertThat(plan(stages(), two, Specs.ERRORS_LIMIT).cohorts().of(0)).hasSize(2);
  }

  @Test
  void aSelectorThatTakesOneThatCannotIsRefused() {
    List<Candidate> lab =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    new Candidate(
                        new DeviceId("cam-" + i),
                        new Labels(Map.of("site", i < 3 ? "lab" : "oslo")),
                        i == 2 ? DeviceFacts.UNKNOWN : ABLE))
            .toList();
    var taken = new RolloutSpec.Taken(Selector.parse("site=lab"));
    List<Stage> byLabel = List.of(beside(taken), Specs.stage("rest", new Percent(100)));
    assertThatThrownBy(() -> plan(byLabel, lab, Specs.ERRORS_LIMIT))
        .hasMessageContaining("1 of 6 have a service that cannot shadow: cam-2");
    var two = new RolloutSpec.Taken(Selector.parse("site=oslo"));
    List<Stage> oslo = List.of(beside(two), Specs.stage("rest", new Percent(100)));
    assertThat(plan(oslo, lab, Specs.ERRORS_LIMIT).cohorts().of(0)).hasSize(3);
  }

  @Test
  void aChannelsFirstReleaseHasNothingToRunBeside() {
    RolloutSpec spec = Specs.spec(stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    assertThatThrownBy(
            () -> Engine.plan("r1", spec, Specs.NEW, Optional.empty(), able(6), 7, 0, Specs.T0))
        .hasMessageContaining("a shadow needs a release that is served");
  }

  @Test
  void aShadowThatFailsWhileItsDeviceWaitsToSwitchIsNotTriedAgain() {
    Stage approved =
        new Stage(
            new Name("canary"),
            new Count(2),
            Specs.SOAK,
            Overrides.NONE,
            Optional.of(new Approval(1, Duration.ofHours(1))));
    List<Stage> stages =
        List.of(beside(new Count(2)), approved, Specs.stage("rest", new Percent(100)));
    Scene scene = new Scene(plan(stages, able(6), Specs.ERRORS_LIMIT));
    soaked(scene);
    scene.after(TICK).hear(scene.failed(0, Code.CRASH_LOOP)).decide();
    assertThat(scene.member(0).state()).isEqualTo(Member.State.FAILED);
    assertThat(scene.after(Specs.TIMING.retryAfter()).decide().commands()).isEmpty();
    scene.act(new Action.Approve("bob", ""));
    assertThat(scene.after(TICK).decide().commands())
        .containsExactly(
            new Command.Assign(scene.device(0), "r1/1"),
            new Command.Assign(scene.device(1), "r1/1"));
  }

  @Test
  void shadowsAreNotComparedWithAControl() {
    List<Stage> stages =
        List.of(
            beside(new Count(4)),
            Specs.stage("canary", new Count(4)),
            Specs.stage("rest", new Percent(100)));
    RolloutSpec spec =
        Specs.compared(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), Specs.control(4));
    Scene scene =
        new Scene(
            Engine.plan(
                "r1", spec, Specs.NEW, Optional.of(Specs.PREVIOUS), able(12), 7, 0, Specs.T0));
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 4; n++) scene.hear(shadow(scene, n));
    assertThat(scene.decide().verdicts())
        .extracting(Verdict::gate)
        .noneMatch(gate -> gate.startsWith("control"));
    for (int n = 0; n < 4; n++) scene.hear(good(shadow(scene, n)));
    scene.decide();
    assertThat(scene.rollout.stage()).isEqualTo(1);
    scene.after(TICK);
    for (int n = 0; n < 4; n++) scene.hear(scene.proof(n));
    assertThat(scene.decide().verdicts())
        .extracting(Verdict::gate)
        .anyMatch(gate -> gate.startsWith("control"));
  }
}

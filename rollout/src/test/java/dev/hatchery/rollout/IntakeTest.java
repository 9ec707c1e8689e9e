package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What of a device's report counts, and as what. */
final class IntakeTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  private static Scene begun() {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_LIMIT, Specs.P95_LIMIT);
    scene.decide();
    scene.after(TICK);
    return scene;
  }

  private static Told window(Told told, Scene scene, boolean warm, boolean onTarget) {
    return told.window(
        onTarget ? Specs.NEW : Specs.OLD, warm, scene.now.minus(TICK), TICK, 10, 1, 0, 0.2);
  }

  @Test
  void warmWindowsOnTheTargetCount() {
    Scene scene = begun();
    scene.hear(window(scene.proof(0), scene, true, true)).decide();
    Member m = scene.member(0);
    assertThat(m.requests()).isEqualTo(10);
    assertThat(m.errors()).isEqualTo(1);
    assertThat(m.observed()).isEqualTo(TICK);
    assertThat(m.tallies())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("errors:limit", new Tally(10, 1), "latency-p95:limit", new Tally(1, 1)));
  }

  @Test
  void coldWindowsAndOtherBundlesDoNot() {
    Scene scene = begun();
    scene
        .hear(window(scene.proof(0), scene, false, true))
        .hear(window(scene.proof(0), scene, true, false))
        .decide();
    Member m = scene.member(0);
    assertThat(m.requests()).isZero();
    assertThat(m.observed()).isZero();
    assertThat(m.tallies().values()).allMatch(Tally.NONE::equals);
    assertThat(m.firstBad()).isEmpty();
  }

  @Test
  void whoIsNoMemberIsNotHeard() {
    Scene scene = begun();
    var stranger = Told.proof(scene.device(5), scene.now, "r1/1", Specs.NEW);
    scene.hear(window(stranger, scene, true, true)).decide();
    assertThat(scene.rollout.members()).hasSize(2).doesNotContainKey(scene.device(5));
  }

  @Test
  void windowsOfTheTrialAreEvidenceButNoSoak() {
    Scene scene = begun();
    scene.hear(window(scene.underWay(0), scene, true, true)).decide();
    assertThat(scene.member(0).requests()).isEqualTo(10);
    assertThat(scene.member(0).observed()).isZero();
    // The report that tells the confirmation brings the trial's last window with it.
    Instant confirmed = scene.after(TICK).now.minusSeconds(1);
    scene
        .hear(
            window(scene.proof(0), scene, true, true)
                .event(Event.Kind.CONFIRMED, scene.command(0), Optional.empty(), confirmed))
        .decide();
    assertThat(scene.member(0).requests()).isEqualTo(20);
    assertThat(scene.member(0).observed()).isZero();
    scene.after(TICK).hear(window(scene.proof(0), scene, true, true)).decide();
    assertThat(scene.member(0).observed()).isEqualTo(TICK);
  }

  @Test
  void aWindowLongerThanOrderedIsNotMoreSoak() {
    Scene scene = begun();
    scene.hear(scene.proof(0).window(Duration.ofHours(5), 10, 0, 0.01)).decide();
    assertThat(scene.member(0).observed()).isEqualTo(Specs.TIMING.window());
  }

  @Test
  void aWindowWithoutASampleIsNoLatencyTrial() {
    Scene scene = begun();
    scene.hear(scene.proof(0).window(TICK, 10, 0, Double.NaN)).decide();
    assertThat(scene.member(0).tallies())
        .doesNotContainKey("latency-p95:limit")
        .containsEntry("errors:limit", new Tally(10, 0));
  }

  @Test
  void aNewBootAndAStartOfTheServiceAreCountedRestartsAndNoFailure() {
    Scene scene = begun();
    scene.hear(scene.proof(0)).decide();
    assertThat(scene.member(0).restarts()).isZero();
    scene.after(TICK).hear(scene.proof(0).boot("boot-2")).decide();
    assertThat(scene.member(0).restarts()).isEqualTo(1);
    scene.after(TICK);
    var told =
        scene
            .proof(0)
            .boot("boot-2")
            .window(Specs.NEW, false, scene.now.minus(TICK), TICK, 0, 0, 2, Double.NaN);
    scene.hear(told).decide();
    assertThat(scene.member(0).restarts()).isEqualTo(3);
    assertThat(scene.member(0).state()).isEqualTo(Member.State.CONFIRMED);
    assertThat(scene.member(0).localRollbacks()).isZero();
    assertThat(scene.member(0).bootId()).contains("boot-2");
  }

  @Test
  void evidenceThatWasCountedIsNotCountedAgain() {
    Scene scene = begun();
    var told = window(scene.proof(0), scene, true, true).done();
    var evidence = new Evidence(9, List.of(told), Map.of());
    Decision once = Engine.decide(scene.rollout, evidence, scene.now);
    assertThat(once.next().evidenceUpTo()).isEqualTo(9);
    Decision twice = Engine.decide(once.next(), evidence, scene.now);
    assertThat(twice.next()).isEqualTo(once.next());
    assertThat(twice.notable()).isFalse();
  }

  @Test
  void whatItsOrdersCostOnTheNetworkIsAddedUp() {
    Scene scene = begun();
    scene.hear(scene.underWay(0).bytes(400), scene.underWay(0).bytes(700)).decide();
    scene.after(TICK).hear(scene.underWay(0).bytes(500)).decide();
    assertThat(scene.member(0).bytesDownloaded()).isEqualTo(700);
    scene.after(TICK).hear(scene.failed(0, Code.UNREACHABLE).bytes(800)).decide();
    scene.act(new Action.Retry());
    assertThat(scene.command(0)).isEqualTo("r1/2");
    scene.after(TICK).hear(scene.proof(0).bytes(300)).decide();
    assertThat(scene.member(0).bytesDownloaded()).isEqualTo(1100);
  }

  @Test
  void whatItsOrdersCostIsKnownBySource() {
    Scene scene = begun();
    scene
        .hear(
            scene.underWay(0).traffic(new Traffic(1, 0, 30, 0)),
            scene.underWay(0).traffic(new Traffic(1, 20, 40, 5)))
        .decide();
    scene.after(TICK).hear(scene.underWay(0).traffic(new Traffic(0, 10, 0, 0))).decide();
    assertThat(scene.member(0).traffic()).isEqualTo(new Traffic(1, 20, 40, 5));
    scene.after(TICK).hear(scene.failed(0, Code.DELTA)).decide();
    scene.act(new Action.Retry());
    scene.after(TICK).hear(scene.proof(0).traffic(new Traffic(7, 0, 0, 0))).decide();
    assertThat(scene.member(0).traffic()).isEqualTo(new Traffic(8, 20, 40, 5));
    assertThat(scene.member(0).bytesDownloaded()).isEqualTo(68);
  }

  @Test
  void theFirstBadMomentIsTheStartOfTheFirstWindowOverALimit() {
    Scene scene = begun();
    Instant first = scene.now;
    scene
        .after(Duration.ofSeconds(6))
        .hear(
            scene
                .proof(0)
                .window(Specs.NEW, true, first.plusSeconds(4), TICK, 100, 50, 0, 0.01)
                .window(Specs.NEW, true, first.plusSeconds(2), TICK, 10, 0, 0, 0.3)
                .window(Specs.NEW, true, first, TICK, 100, 5, 0, 0.01))
        .decide();
    assertThat(scene.member(0).firstBad()).contains(first.plusSeconds(2));
  }

  @Test
  void aDevicesWrongClockCannotPutTheFirstBadMomentBeforeItsOrder() {
    Scene scene = begun();
    scene
        .hear(scene.proof(0).window(Specs.NEW, true, Instant.EPOCH, TICK, 10, 1, 0, 0.01))
        .hear(
            scene
                .proof(1)
                .window(Specs.NEW, true, scene.now.plusSeconds(999), TICK, 10, 1, 0, 0.01))
        .decide();
    assertThat(scene.member(0).firstBad()).contains(scene.member(0).orderedAt());
    assertThat(scene.member(1).firstBad()).contains(scene.member(1).lastSeen());
  }

  private static Observation with(Observation o, Event... events) {
    return new Observation(
        o.device(), o.receivedAt(), o.bootId(), o.status(), List.of(events), o.windows());
  }

  private static Event event(Scene scene, Event.Kind kind, String command, Digest bundle) {
    return new Event(
        Specs.SLOT,
        kind,
        scene.now,
        command,
        Optional.of(bundle),
        Optional.empty(),
        "",
        Traffic.NONE);
  }

  private static boolean wasConfirmedBy(Event.Kind kind, Digest bundle) {
    Scene scene = begun();
    scene.act(new Action.Abort("enough"));
    var told = with(scene.underWay(0).done(), event(scene, kind, "r1/1", bundle));
    Evidence evidence = new Evidence(1, List.of(told), Map.of());
    scene.rollout = Engine.decide(scene.rollout, evidence, scene.now).next();
    return scene.member(0).wasConfirmed();
  }

  @Test
  void aConfirmationOfTheTargetIsRememberedThoughItArrivesAfterTheAbort() {
    assertThat(wasConfirmedBy(Event.Kind.CONFIRMED, Specs.NEW)).isTrue();
    assertThat(wasConfirmedBy(Event.Kind.CONFIRMED, Specs.OLD)).isFalse();
    assertThat(wasConfirmedBy(Event.Kind.VERIFIED, Specs.NEW)).isFalse();
  }

  @Test
  void ofTwoBootsToldAtOnceTheOneNotKnownBeforeIsTheNewer() {
    Scene scene = begun();
    scene.hear(scene.underWay(0).boot("boot-5")).decide();
    scene
        .after(TICK)
        .hear(scene.underWay(0).boot("boot-5"), scene.underWay(0).boot("boot-2"))
        .decide();
    assertThat(scene.member(0).bootId()).contains("boot-2");
    assertThat(scene.member(0).restarts()).isEqualTo(1);
  }

  @Test
  void onlyTheConfirmationOfItsOwnOrderEndsTheTrialsWindows() {
    Scene scene = begun();
    Instant later = scene.now;
    scene
        .hear(
            window(scene.proof(0), scene, true, true)
                .event(Event.Kind.CONFIRMED, "earlier/1", Optional.empty(), later)
                .event(Event.Kind.VERIFIED, scene.command(0), Optional.empty(), later))
        .decide();
    assertThat(scene.member(0).observed()).isEqualTo(TICK);
  }

  @Test
  void aFailureToldByAnEventAloneCountsAndOtherEventsAreNone() {
    Scene scene = begun();
    scene
        .hear(
            scene
                .underWay(0)
                .event(Event.Kind.VERIFIED, scene.command(0), Optional.empty(), scene.now),
            scene
                .underWay(1)
                .event(Event.Kind.FAILED, scene.command(1), Optional.of(Code.NO_SPACE), scene.now))
        .decide();
    assertThat(scene.member(0).failure()).isEmpty();
    assertThat(scene.member(1).failure()).contains(Code.NO_SPACE);
  }

  @Test
  void whatAnotherOrderCostIsNotThisOnes() {
    Scene scene = begun();
    var other =
        new Event(
            Specs.SLOT,
            Event.Kind.FETCHED,
            scene.now,
            "earlier/1",
            Optional.of(Specs.OLD),
            Optional.empty(),
            "",
            Traffic.of(Traffic.Source.FULL, 900));
    var told = with(scene.underWay(0).bytes(100).done(), other);
    Evidence evidence = new Evidence(1, List.of(told), Map.of());
    scene.rollout = Engine.decide(scene.rollout, evidence, scene.now).next();
    assertThat(scene.member(0).bytesDownloaded()).isEqualTo(100);
  }
}

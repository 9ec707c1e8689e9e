package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FakeService.Behaviour;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.Event;
import dev.hatchery.core.SlotStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an order to a proved bundle, and back. */
final class InstallTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle V1 = TestBundle.of("1.0.0", 300_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", 300_000, KEYS.release);
  private static final TestBundle V3 = TestBundle.of("1.2.0", 300_000, KEYS.release);

  @TempDir Path folder;
  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(folder.resolve("state"), new RealDisk(), KEYS);
  }

  @Test
  void aFirstBundleIsFetchedVerifiedTriedAndConfirmed() throws Exception {
    bench.install(V1, "c1");

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.lkg()).contains(V1.digest());
    assertThat(bench.prev()).isEmpty();
    assertThat(bench.service.loaded()).contains(V1.digest());
    assertThat(bench.worker.status().running()).contains(V1.digest());
    assertThat(bench.worker.status().bytesDownloaded()).isEqualTo(V1.totalBytes());
    assertThat(bench.eventKinds())
        .containsExactly(
            Event.Kind.ACCEPTED,
            Event.Kind.FETCHED,
            Event.Kind.VERIFIED,
            Event.Kind.TRIAL,
            Event.Kind.CONFIRMED);
  }

  @Test
  void aBundlesFolderHoldsItsFilesByTheirPathsAndCannotBeWritten() throws Exception {
    bench.install(V1, "c1");

    Path v1 = folder.resolve("state/slots/vision/v").resolve(V1.digest().hex());
    assertThat(folder.resolve("state/slots/vision/current").toRealPath())
        .isEqualTo(v1.toRealPath());
    assertThat(v1.resolve("manifest.json")).hasBinaryContent(V1.manifestBytes);
    assertThat(v1.resolve("model.onnx")).hasBinaryContent(V1.blobs.get(V1.model()));
    assertThat(v1.resolve("config/labels.txt")).hasContent("labels of 1.0.0");
    assertThat(v1.resolve("signatures/0.sigstore.json")).hasBinaryContent(V1.signature);
    assertThat(Files.getPosixFilePermissions(v1.resolve("model.onnx")))
        .extracting(Enum::name)
        .allMatch(p -> p.endsWith("READ"));
  }

  @Test
  void aSecondBundleKeepsTheFirstAsPrev() throws Exception {
    bench.install(V1, "c1");
    bench.install(V2, "c2");

    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.lkg()).contains(V2.digest());
    assertThat(bench.prev()).contains(V1.digest());
  }

  @Test
  void whatNoLinkNamesIsThrownAway() throws Exception {
    bench.install(V1, "c1");
    bench.install(V2, "c2");
    bench.install(V3, "c3");

    assertThat(bench.slot.bundles()).containsExactlyInAnyOrder(V2.digest(), V3.digest());
    assertThat(bench.store.blobs().has(V1.model())).isFalse();
    assertThat(bench.store.blobs().has(V2.model())).isTrue();
    assertThat(folder.resolve("state/dl")).isEmptyDirectory();
  }

  @Test
  void aRollbackOrderDownloadsNothing() throws Exception {
    bench.install(V1, "c1");
    bench.install(V2, "c2");
    bench.source.away = true;

    bench.order(V1, "c3");
    bench.until(() -> bench.settled("c3"));

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.service.loaded()).contains(V1.digest());
    assertThat(bench.worker.status().bytesDownloaded()).isZero();
    assertThat(bench.events().getLast().bytesDownloaded()).isZero();
  }

  @Test
  void anOrderForWhatIsProvedAlreadyIsConfirmedAtOnceWithoutAReload() throws Exception {
    bench.install(V1, "c1");
    int reloads = bench.service.reloads;

    bench.order(V1, "c2");
    bench.worker.step();

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.worker.status().commandId()).contains("c2");
    assertThat(bench.service.reloads).isEqualTo(reloads);
  }

  @Test
  void aServiceThatNeverComesUpIsRolledBackWithoutTheNetwork() throws Exception {
    bench.install(V1, "c1");
    bench.service.behaviours.put(V2.digest(), Behaviour.NEVER_READY);
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.source.away = true;
    int asked = bench.source.asked.size();

    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.ROLLED_BACK);
    assertThat(bench.worker.status().reason()).contains(Code.NOT_READY);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.lkg()).contains(V1.digest());
    assertThat(bench.service.loaded()).contains(V1.digest());
    assertThat(bench.source.asked).hasSize(asked);
  }

  @Test
  void aModelThatTheServiceWillNotLoadIsRolledBackAsLoader() throws Exception {
    failsWith(Behaviour.REFUSES_TO_LOAD, Code.LOADER);
  }

  @Test
  void aServiceThatKeepsServingTheOldBytesIsRolledBackAsLoader() throws Exception {
    failsWith(Behaviour.KEEPS_THE_OLD, Code.LOADER);
  }

  @Test
  void wrongAnswersToTheGoldenSamplesAreRolledBackAsGolden() throws Exception {
    failsWith(Behaviour.WRONG_LABELS, Code.GOLDEN);
  }

  @Test
  void aServiceThatKeepsCrashingIsRolledBackAsCrashLoop() throws Exception {
    failsWith(Behaviour.CRASHES, Code.CRASH_LOOP);
  }

  @Test
  void aServiceThatDoesNothingWithItsInputsIsRolledBackAsStalled() throws Exception {
    failsWith(Behaviour.STALLS, Code.STALLED);
  }

  private void failsWith(Behaviour behaviour, Code code) throws Exception {
    bench.install(V1, "c1");
    bench.service.behaviours.put(V2.digest(), behaviour);
    bench.install(V2, "c2");

    assertThat(bench.worker.status().state()).isEqualTo(State.ROLLED_BACK);
    assertThat(bench.worker.status().reason()).contains(code);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.service.loaded()).contains(V1.digest());
    assertThat(bench.slot.bundles()).containsExactly(V1.digest());
  }

  @Test
  void aFailedCommandIsNotTriedAgainButANewOneForTheSameBundleIs() throws Exception {
    bench.install(V1, "c1");
    bench.service.behaviours.put(V2.digest(), Behaviour.WRONG_LABELS);
    bench.install(V2, "c2");
    int journalled = bench.steps().size();

    bench.order(V2, "c2");
    bench.forSeconds(60);
    assertThat(bench.steps()).hasSize(journalled);

    bench.service.behaviours.clear();
    bench.install(V2, "c3");
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aFirstBundleThatFailsLeavesTheSlotWithoutAModel() throws Exception {
    bench.service.behaviours.put(V1.digest(), Behaviour.WRONG_LABELS);
    bench.install(V1, "c1");

    assertThat(bench.worker.status().state()).isEqualTo(State.FAILED);
    assertThat(bench.worker.status().reason()).contains(Code.GOLDEN);
    assertThat(bench.current()).isEmpty();
    assertThat(bench.lkg()).isEmpty();
    assertThat(bench.service.loaded()).isEmpty();
  }

  @Test
  void aServiceThatIsAwayForAMomentIsWaitedForAndCountedAsARestart() throws Exception {
    bench.install(V1, "c1");
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.service.awayFor = 10;
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.eventKinds()).contains(Event.Kind.SERVICE_RESTARTED);
  }

  @Test
  void aServiceThatIsAwayTooLongIsRolledBack() throws Exception {
    bench.install(V1, "c1");
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.service.up = false;
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().reason()).contains(Code.NOT_READY);
    assertThat(bench.current()).contains(V1.digest());
  }

  @Test
  void aCrashLoopSoonAfterConfirmationGoesBackToTheBundleBefore() throws Exception {
    bench.install(V1, "c1");
    bench.install(V2, "c2");
    for (int i = 0; i < 3; i++) {
      bench.service.restart();
      bench.forSeconds(20);
    }

    assertThat(bench.worker.status().state()).isEqualTo(State.ROLLED_BACK);
    assertThat(bench.worker.status().reason()).contains(Code.CRASH_LOOP);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.lkg()).contains(V1.digest());
    assertThat(bench.prev()).isEmpty();
    assertThat(bench.service.loaded()).contains(V1.digest());
  }

  @Test
  void restartsLongAfterTheSwitchAreTheServicesOwnBusiness() throws Exception {
    bench.install(V1, "c1");
    bench.install(V2, "c2");
    bench.forSeconds(11 * 60);
    for (int i = 0; i < 5; i++) {
      bench.service.restart();
      bench.forSeconds(20);
    }

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aNewerOrderEndsADownload() throws Exception {
    bench.install(V1, "c1");
    bench.source.offer(V2);
    bench.source.silent = true;
    bench.order(V2, "c2");
    bench.untilState(State.FETCHING);
    bench.source.silent = false;
    bench.install(V3, "c3");

    assertThat(bench.current()).contains(V3.digest());
    assertThat(bench.events())
        .anyMatch(
            e ->
                e.commandId().equals("c2")
                    && e.kind() == Event.Kind.FAILED
                    && e.reason().equals(java.util.Optional.of(Code.SUPERSEDED)));
  }

  @Test
  void aNewerOrderEndsATrialByWayOfTheLastKnownGood() throws Exception {
    bench.install(V1, "c1");
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.order(V1, "c3");
    bench.until(() -> bench.settled("c3"));

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.service.loaded()).contains(V1.digest());
    assertThat(bench.events())
        .anyMatch(e -> e.commandId().equals("c2") && e.kind() == Event.Kind.ROLLED_BACK);
  }

  @Test
  void aTrialGoesOnWhenTheSameBundleIsOrderedUnderAnotherCommand() throws Exception {
    bench.install(V1, "c1");
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    int reloads = bench.service.reloads;
    bench.order(V2, "c3");
    bench.until(() -> bench.settled("c3"));

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.events())
        .filteredOn(e -> e.kind() == Event.Kind.CONFIRMED)
        .extracting(Event::commandId)
        .containsExactly("c1", "c2", "c3");
    assertThat(bench.service.reloads - reloads).isLessThanOrEqualTo(1);
  }

  @Test
  void windowsAreMadeOfTheServicesCountersAndNeverMixTwoBundles() throws Exception {
    bench.install(V1, "c1");
    bench.forSeconds(20);
    bench.install(V2, "c2");
    bench.forSeconds(20);

    assertThat(bench.windows).isNotEmpty();
    assertThat(bench.windows).extracting(w -> w.bundle()).containsOnly(V1.digest(), V2.digest());
    assertThat(bench.windows).anyMatch(w -> w.warm() && w.requests() > 0);
    assertThat(bench.windows.getLast().bundle()).isEqualTo(V2.digest());
  }

  @Test
  void aServiceThatMissedTheSwitchIsToldAgain() throws Exception {
    bench.install(V1, "c1");
    bench.install(V2, "c2");
    bench.forSeconds(11 * 60);
    // Somebody's script pointed it back and reloaded it behind the agent's back.
    bench.slot.point(dev.hatchery.agent.store.Slot.Pointer.CURRENT, V1.digest());
    bench.service.restart();
    bench.slot.point(dev.hatchery.agent.store.Slot.Pointer.CURRENT, V2.digest());

    bench.until(() -> bench.service.loaded().equals(java.util.Optional.of(V2.digest())));
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
  }
}

package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FakeService.Behaviour;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.SlotStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent comes back, and goes on. */
final class ResumeTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle V1 = TestBundle.of("1.0.0", 300_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", 300_000, KEYS.release);

  @TempDir Path folder;
  private Bench bench;

  @BeforeEach
  void installTheFirst() throws Exception {
    bench = new Bench(folder.resolve("state"), new RealDisk(), KEYS);
    bench.install(V1, "c1");
    bench.source.offer(V2);
  }

  private void restartAgent() {
    bench.journal.close();
    bench.worker.close();
    bench.boot(new RealDisk());
  }

  @Test
  void aDownloadGoesOnAtItsLastCheckpoint() throws Exception {
    bench.source.cutAfter = 200_000;
    bench.order(V2, "c2");
    bench.until(() -> bench.worker.status().detail().contains("TRUNCATED"));
    restartAgent();
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
    // Two checkpoints of 64 KiB had been made; the step between them is not known to the byte.
    assertThat(bench.source.asked)
        .anyMatch(a -> a.startsWith("blob " + V2.model().brief()) && resumesAfter(a, 128 * 1024));
    assertThat(bench.source.sent).isLessThan(V1.totalBytes() + V2.totalBytes() + 100_000);
    assertThat(bench.worker.status().bytesDownloaded()).isGreaterThan(V2.totalBytes() - 70_000);
  }

  private static boolean resumesAfter(String asked, long least) {
    long from = Long.parseLong(asked.substring(asked.lastIndexOf(' ') + 1));
    return from >= least && from < 200_000;
  }

  @Test
  void aTrialGoesOnAndCostsAStart() throws Exception {
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.forSeconds(5);
    bench.source.away = true;
    restartAgent();
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.steps())
        .filteredOn(s -> s instanceof Step.Started)
        .containsExactly(new Step.Started(2), new Step.Started(2), new Step.Started(1));
  }

  @Test
  void aTrialThatTakesTheAgentDownEveryTimeIsABootLoop() throws Exception {
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.source.away = true;
    for (int i = 0; i < 3; i++) {
      bench.forSeconds(5);
      restartAgent();
    }
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.ROLLED_BACK);
    assertThat(bench.worker.status().reason()).contains(Code.BOOT_LOOP);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.service.loaded()).contains(V1.digest());
  }

  @Test
  void aRollBackThatWasCutShortIsFinishedWithoutTheNetwork() throws Exception {
    bench.service.behaviours.put(V2.digest(), Behaviour.WRONG_LABELS);
    bench.order(V2, "c2");
    bench.untilState(State.ROLLING_BACK);
    bench.source.away = true;
    restartAgent();
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.ROLLED_BACK);
    assertThat(bench.worker.status().reason()).contains(Code.GOLDEN);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.service.loaded()).contains(V1.digest());
  }

  @Test
  void restartsBeforeTheAgentsOwnAreNotForgotten() throws Exception {
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.forSeconds(3);
    bench.service.restart();
    bench.forSeconds(3);
    bench.service.restart();
    bench.forSeconds(3);
    restartAgent();
    bench.forSeconds(3);
    bench.service.restart();
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().reason()).contains(Code.CRASH_LOOP);
  }

  @Test
  void jumpsOfTheClockChangeNoVerdict() throws Exception {
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.time.jump(Duration.ofDays(3650));
    bench.forSeconds(5);
    bench.time.jump(Duration.ofDays(-7300));
    bench.forSeconds(5);
    restartAgent();
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);

    for (int i = 0; i < 3; i++) {
      bench.service.restart();
      bench.time.jump(Duration.ofDays(i % 2 == 0 ? 3650 : -3650));
      bench.forSeconds(10);
    }
    assertThat(bench.worker.status().reason()).contains(Code.CRASH_LOOP);
    assertThat(bench.current()).contains(V1.digest());
  }

  @Test
  void aDanglingCurrentIsPointedBackAndSaid() throws Exception {
    bench.slot.point(Pointer.CURRENT, Digest.of(new byte[] {1}));
    restartAgent();

    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.events().getLast().kind()).isEqualTo(Event.Kind.REPAIRED);
  }

  @Test
  void afterAPowerCutEveryByteIsReadAgain() throws Exception {
    bench.order(V2, "c2");
    bench.until(() -> bench.settled("c2"));
    rot(V2);
    restartAgent();
    assertThat(bench.current()).as("the same boot of the machine: a glance").contains(V2.digest());

    bench.machineBoot = "boot-2";
    restartAgent();
    assertThat(bench.current()).as("another boot: all of it").contains(V1.digest());
    assertThat(bench.lkg()).contains(V1.digest());
  }

  @Test
  void whenNothingSoundIsLeftTheConfirmedBundleIsFetchedAgain() throws Exception {
    rot(V1);
    bench.machineBoot = "boot-2";
    restartAgent();
    assertThat(bench.current()).isEmpty();
    assertThat(bench.events().getLast().reason()).contains(Code.STORAGE);

    bench.until(() -> bench.current().equals(Optional.of(V1.digest())));
    bench.until(() -> bench.settled("c1"));
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.slot.version(V1.digest()).resolve("model.onnx"))
        .hasBinaryContent(V1.blobs.get(V1.model()));
  }

  private void rot(TestBundle bundle) throws Exception {
    Path model = bench.slot.version(bundle.digest()).resolve("model.onnx");
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rw-------"));
    byte[] bytes = Files.readAllBytes(model);
    bytes[77] ^= 1;
    Files.write(model, bytes);
  }

  @Test
  void aDamagedJournalMeansTheLastKnownGoodAndANewCommand() throws Exception {
    bench.order(V2, "c2");
    bench.untilState(State.TRIAL);
    bench.journal.close();
    Path journal = folder.resolve("state/state/journal");
    byte[] bytes = Files.readAllBytes(journal);
    // A record in the middle: what follows proves that it was once whole.
    bytes[bytes.length / 2] ^= 1;
    Files.write(journal, bytes);
    bench.boot(new RealDisk());

    assertThat(bench.journal.damaged()).isTrue();
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.lkg()).contains(V1.digest());
    assertThat(bench.events()).anyMatch(e -> e.reason().equals(Optional.of(Code.STORAGE)));
    assertThat(folder.resolve("state/state/journal.damaged")).exists();
  }

  @Test
  void aLostCounterIsTheHighestOfTheJournal() throws Exception {
    bench.install(V2, "c2");
    Files.writeString(folder.resolve("state/state/desired.json"), "{broken");
    restartAgent();

    var older = bench.desired(1, Map.of(Bench.SLOT, V1.order("c9", Bench.TRIAL)));
    assertThat(bench.acceptance.mark().counter()).isEqualTo(2);
    assertThat(bench.acceptance.take(KEYS.desired(older), bench.source))
        .isInstanceOfSatisfying(
            Acceptance.Refused.class, r -> assertThat(r.why().code()).isEqualTo(Code.ROLLBACK));
  }

  @Test
  void whenTheLastKnownGoodIsRevokedTheOneBeforeItServes() throws Exception {
    TestBundle v3 = TestBundle.of("1.2.0", 1000, KEYS.release);
    bench.install(V2, "c2");
    bench.source.policy = Optional.of(KEYS.policy(1, Map.of(), Set.of(V2.digest())));
    bench.policyVersion = 1;
    bench.service.behaviours.put(v3.digest(), Behaviour.WRONG_LABELS);
    bench.install(v3, "c3");

    assertThat(bench.worker.status().state()).isEqualTo(State.ROLLED_BACK);
    assertThat(bench.current()).contains(V1.digest());
  }
}

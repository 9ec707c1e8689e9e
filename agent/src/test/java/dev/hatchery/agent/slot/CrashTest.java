package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.fixture.FakeService.Behaviour;
import dev.hatchery.agent.fixture.FaultyDisk;
import dev.hatchery.agent.fixture.HandPatch;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.PowerCut;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.store.Installed;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.trust.Acceptance.Mark;
import dev.hatchery.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The power fails before each single effect on the disk of an install, a failed trial and a first
 * install, once with all that was not synced lost, once with it kept. After each, the invariants of
 * the durability reference, section 4, must hold, and the device must come to the same end.
 */
final class CrashTest {
  private static final Keys KEYS = new Keys();

  // Large enough for two checkpoints, small enough to be hashed a few thousand times.
  private static final int SIZE = 140_000;
  private static final TestBundle V1 = TestBundle.of("1.0.0", SIZE, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", SIZE, KEYS.release);
  // Comes as a patch that is large enough for a checkpoint of its own.
  private static final TestBundle NEAR = TestBundle.after(V1, "1.2.0", KEYS.release, 384);
  private static final byte[] PATCH = HandPatch.of(V1.modelBytes(), NEAR.modelBytes(), 5);
  private static final byte[] BROKEN = broken();
  private static final long CHECKPOINT = 64 * 1024;
  private static final long PIECE = 32 * 1024;

  @TempDir Path folder;
  private int runs;

  /** What is going on when the power fails. */
  record Story(
      String name,
      Optional<TestBundle> before,
      TestBundle ordered,
      Behaviour behaviour,
      Optional<byte[]> patch) {
    Story(String name, Optional<TestBundle> before, TestBundle ordered, Behaviour behaviour) {
      this(name, before, ordered, behaviour, Optional.empty());
    }

    boolean applies() {
      return patch.filter(p -> Arrays.equals(p, PATCH)).isPresent();
    }

    // What must come over the network.
    long bytes() {
      long whole = ordered.totalBytes() + before.map(TestBundle::totalBytes).orElse(0L);
      if (patch.isEmpty()) return whole;
      return whole + patch.get().length - (applies() ? SIZE : 0);
    }

    Optional<Digest> end() {
      return behaviour == Behaviour.GOOD
          ? Optional.of(ordered.digest())
          : before.map(TestBundle::digest);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Story> stories() {
    return Stream.of(
        new Story("a first install", Optional.empty(), V1, Behaviour.GOOD),
        new Story("an install", Optional.of(V1), V2, Behaviour.GOOD),
        new Story(
            "an install by a patch", Optional.of(V1), NEAR, Behaviour.GOOD, Optional.of(PATCH)),
        new Story(
            "a patch that is bad", Optional.of(V1), NEAR, Behaviour.GOOD, Optional.of(BROKEN)),
        new Story("a failed trial", Optional.of(V1), V2, Behaviour.WRONG_LABELS),
        new Story("a failed first trial", Optional.empty(), V1, Behaviour.WRONG_LABELS));
  }

  // Only the last frame shows it.
  private static byte[] broken() {
    byte[] broken = PATCH.clone();
    broken[broken.length - 1] ^= 1;
    return broken;
  }

  private final class Run {
    final Story story;
    final Path place;
    final Bench bench;
    FaultyDisk disk;
    Mark taken = new Mark(0, 0);
    int crashes;

    Run(Story story) throws Exception {
      this.story = story;
      place = Files.createDirectories(folder.resolve("run-" + ++runs));
      disk = new FaultyDisk(place, 0);
      bench = new Bench(place.resolve("state"), disk, KEYS);
      if (story.before.isPresent()) bench.install(story.before.get(), "c1");
      bench.service.behaviours.put(story.ordered.digest(), story.behaviour);
      bench.source.offer(story.ordered);
      story.patch.ifPresent(p -> bench.source.offer(story.ordered, Optional.of(V1.model()), p));
    }

    // What was durable is not asked for again: the patch once it is here, the file once it is.
    private void requireNothingTwice() {
      if (story.patch.isEmpty()) return;
      Digest patch = Digest.of(story.patch.get());
      Digest model = story.ordered.model();
      boolean made = bench.store.blobs().has(model);
      if (made || bench.store.blobs().has(patch)) bench.source.blobs.remove(patch);
      if (made || story.applies()) bench.source.blobs.remove(model);
    }

    /** Whether the story ended before the power failed. */
    boolean untilPowerFails(long at) throws Exception {
      disk = new FaultyDisk(place, at);
      long counter = bench.counter;
      try {
        bench.boot(disk);
        bench.order(story.ordered, "c2");
        taken = bench.acceptance.mark();
        bench.until(() -> bench.settled("c2"));
        return true;
      } catch (PowerCut cut) {
        // The server would send the same desired state again.
        bench.counter = counter;
        crashes++;
        return false;
      }
    }

    void recover(boolean lost) {
      disk.crash(lost);
      bench.machineBoot = "boot-" + (crashes + 1);
      bench.service.restart();
      disk = new FaultyDisk(place, 0);
      bench.boot(disk);
      requireNothingTwice();
    }

    void check() {
      bench.current().ifPresent(this::requireWhole);
      bench.lkg().ifPresent(this::requireWhole);
      if (story.before.isPresent()) {
        Digest first = story.before.get().digest();
        assertThat(bench.current()).as("I1").isPresent();
        assertThat(bench.lkg()).as("I3").isPresent();
        if (!confirmed()) assertThat(bench.lkg()).as("I3, unchanged").contains(first);
      } else if (!confirmed()) {
        assertThat(bench.lkg()).as("I3, no lkg before the first is proved").isEmpty();
      }
      assertThat(bench.acceptance.mark()).as("I5").isGreaterThanOrEqualTo(taken);
      bench
          .journal
          .after(0)
          .forEach(
              e -> {
                if (e.step() instanceof Step.Accepted a) {
                  assertThat(new Mark(a.keyset(), a.counter()))
                      .as("I5, acted on only what is remembered")
                      .isLessThanOrEqualTo(bench.acceptance.mark());
                }
              });
      assertThat(planned()).as("I13").isEmpty();
    }

    private boolean confirmed() {
      return bench.journal.after(0).stream()
          .anyMatch(e -> e.commandId().equals("c2") && e.step() instanceof Step.Confirmed);
    }

    private List<Recovery.Action> planned() {
      var seen =
          DiskState.read(disk, bench.slot, bench.journal.ledger(Bench.SLOT), DiskState.Depth.FULL);
      return Recovery.plan(new DiskState(false, List.of(seen)));
    }

    private void requireWhole(Digest bundle) {
      Installed.verify(disk, bench.slot.version(bundle), bundle);
    }

    void goOn() throws Exception {
      // I15: whatever was interrupted, it comes to its end.
      if (!bench.settled("c2")) bench.order(story.ordered, "c2");
      bench.until(() -> bench.settled("c2"));
      assertThat(bench.current()).as("the end").isEqualTo(story.end());
      assertThat(bench.lkg()).as("the end").isEqualTo(story.end());
      assertThat(bench.slot.pointer(Pointer.CURRENT).isPresent())
          .isEqualTo(bench.service.loaded().isPresent());
      assertThat(starts()).as("I9").isLessThanOrEqualTo(Bench.TRIAL.maxStarts());
      // I8: only what had come since the last checkpoint is fetched again, and small documents.
      assertThat(bench.source.sent)
          .as("I8")
          .isLessThanOrEqualTo(story.bytes() + crashes * (CHECKPOINT + PIECE + 2048));
    }

    private long starts() {
      return bench.journal.after(0).stream()
          .filter(e -> e.commandId().equals("c2") && e.step() instanceof Step.Started)
          .count();
    }

    void close() throws IOException {
      bench.journal.close();
      deleteTree(place);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (var walk = Files.walk(root)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("stories")
  void aPowerCutLosesNothing(Story story) throws Exception {
    // Every third effect, and none that was not synced survives: the worst disk there may be.
    assertThat(cutThrough(story, 1 + story.name().length() % 3, 3, List.of(true)))
        .isGreaterThan(20);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("stories")
  void aPowerCutAtAnyEffectLosesNothing(Story story) throws Exception {
    assertThat(cutThrough(story, 1, 1, List.of(true, false))).isGreaterThan(200);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("stories")
  void aPowerCutDuringTheRecoveryFromAPowerCutLosesNothing(Story story) throws Exception {
    int cuts = 0;
    for (long first = 7; ; first += 9) {
      for (long second = 1; second < 160; second += 7) {
        Run run = new Run(story);
        boolean ended = run.untilPowerFails(first);
        if (ended) {
          run.close();
          assertThat(cuts).isGreaterThan(60);
          return;
        }
        run.disk.crash(true);
        run.bench.service.restart();
        if (!run.untilPowerFails(second)) {
          survive(run, true, "effects " + first + " and " + second);
          cuts++;
        }
        run.close();
      }
    }
  }

  // Returns how often the power was cut.
  private int cutThrough(Story story, long from, long stride, List<Boolean> losses)
      throws Exception {
    int cuts = 0;
    for (long at = from; ; at += stride) {
      for (boolean lost : losses) {
        Run run = new Run(story);
        boolean ended = run.untilPowerFails(at);
        if (!ended) {
          survive(run, lost, "effect " + at + (lost ? ", unsynced lost" : ", all kept"));
          cuts++;
        }
        run.close();
        if (ended) return cuts;
      }
    }
  }

  private static void survive(Run run, boolean lost, String where) throws Exception {
    try {
      run.recover(lost);
      run.check();
      run.goOn();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(run.story + ", " + where, e);
    }
  }
}

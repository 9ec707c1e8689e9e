package dev.hatchery.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.core.Code;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  private static final Name SLOT = new Name("vision");
  private static final Digest BUNDLE = Digest.of(new byte[] {1});
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.250Z");
  private static final Disk DISK = new RealDisk();

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("journal");
  }

  private static Order order(String command) {
    return new Order(
        command,
        ReleaseId.parse("inspection@1.0.0"),
        BUNDLE,
        900,
        List.of(BUNDLE),
        Order.Reason.ROLLBACK,
        Order.Trial.DEFAULT,
        Duration.ofSeconds(2),
        Duration.ofMillis(1500),
        Delivery.DEFAULT);
  }

  private static final Traffic COST = new Traffic(42, 7, 3, 1);

  private static List<Step> everyStep() {
    return List.of(
        new Step.Accepted(order("c1"), 3, 18231),
        new Step.Fetched(""),
        new Step.Fetched("a patch did not apply"),
        new Step.Verified(),
        new Step.Trial(Optional.of(BUNDLE), 3),
        new Step.Trial(Optional.empty(), 3),
        new Step.Started(2),
        new Step.Restarted("by somebody"),
        new Step.RollingBack(Optional.of(BUNDLE), Code.GOLDEN, "3 of 4"),
        new Step.RollingBack(Optional.empty(), Code.GOLDEN, "3 of 4"),
        new Step.RolledBack(BUNDLE, Code.GOLDEN, "3 of 4"),
        new Step.Confirmed(),
        new Step.Failed(Code.NO_SPACE, "full \"disk\"\n"),
        new Step.Repaired(Code.REPAIRED, "back"),
        new Step.Refused(BUNDLE, Code.EQUIVOCATION, "two"));
  }

  private Journal written(List<Step> steps) {
    Journal journal = Journal.open(DISK, file());
    for (Step step : steps) journal.append(NOW, SLOT, "c1", Optional.of(BUNDLE), COST, step);
    return journal;
  }

  @Test
  void everyStepIsReadBackAsItWasWritten() {
    Journal journal = written(everyStep());
    List<Entry> before = journal.after(0);
    journal.close();

    assertThat(Journal.open(DISK, file()).after(0)).isEqualTo(before).hasSize(everyStep().size());
  }

  @Test
  void aTornTailIsCutOffWhereverItWasTorn() throws Exception {
    written(everyStep()).close();
    byte[] whole = Files.readAllBytes(file());
    int records = everyStep().size();
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file(), Arrays.copyOf(whole, length));
      Journal journal = Journal.open(DISK, file());
      assertThat(journal.damaged()).isFalse();
      assertThat(journal.after(0)).hasSizeLessThan(records);
      Entry next =
          journal.append(NOW, SLOT, "c2", Optional.empty(), Traffic.NONE, new Step.Confirmed());
      assertThat(next.seq()).isEqualTo(journal.after(0).size());
      journal.close();
      assertThat(Journal.open(DISK, file()).after(0)).endsWith(next);
    }
  }

  @Test
  void garbageAtTheEndIsATornTailToo() throws Exception {
    written(List.of(new Step.Confirmed())).close();
    byte[] whole = Files.readAllBytes(file());
    byte[] more = Arrays.copyOf(whole, whole.length + 500);
    new Random(3).nextBytes(new byte[500]);
    for (int i = whole.length; i < more.length; i++) more[i] = (byte) (i * 37);
    Files.write(file(), more);

    assertThat(Journal.open(DISK, file()).after(0)).hasSize(1);
  }

  @Test
  void aFlippedBitInTheMiddleIsDamageAndItsNumbersStayTaken() throws Exception {
    written(everyStep()).close();
    byte[] bytes = Files.readAllBytes(file());
    bytes[bytes.length / 2] ^= 4;
    Files.write(file(), bytes);

    Journal journal = Journal.open(DISK, file());

    assertThat(journal.damaged()).isTrue();
    assertThat(journal.after(0)).hasSizeBetween(1, everyStep().size() - 1);
    assertThat(journal.last()).isEqualTo(everyStep().size());
    assertThat(folder.resolve("journal.damaged")).hasBinaryContent(bytes);
    journal.append(NOW, SLOT, "c2", Optional.empty(), Traffic.NONE, new Step.Confirmed());
    journal.close();
    assertThat(Journal.open(DISK, file()).damaged()).isFalse();
  }

  @Test
  void anyMutationIsReadWithoutHarm() throws Exception {
    written(everyStep()).close();
    byte[] whole = Files.readAllBytes(file());
    Random random = new Random(11);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Framing.Content content = Framing.read(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      assertThat(content.good()).isLessThanOrEqualTo(bytes.length);
    }
  }

  @Test
  void compactionKeepsTheLedgerAndWhatWasNotReported() {
    Journal journal = written(List.of(new Step.Accepted(order("c1"), 1, 1)));
    journal.append(
        NOW, SLOT, "c1", Optional.of(BUNDLE), Traffic.NONE, new Step.Failed(Code.GOLDEN, "no"));
    for (int i = 0; i < 1500; i++) {
      journal.append(
          NOW, SLOT, "c1", Optional.of(BUNDLE), Traffic.NONE, new Step.Restarted("again " + i));
    }
    long reported = journal.last() - 700;
    Ledger before = journal.ledger(SLOT);
    int entries = journal.after(0).size();
    journal.compact(reported);

    assertThat(journal.after(0)).hasSizeLessThan(entries).hasSizeGreaterThan(700);
    assertThat(journal.after(reported)).hasSize(700);
    assertThat(journal.ledger(SLOT).state()).isEqualTo(before.state());
    assertThat(journal.ledger(SLOT).order()).isEqualTo(before.order());
    assertThat(journal.ledger(SLOT).denied()).containsExactly("c1");
    List<Entry> kept = journal.after(0);
    journal.close();
    assertThat(Journal.open(DISK, file()).after(0)).isEqualTo(kept);
  }

  @Test
  void aLedgerTellsWhereASlotStands() {
    Ledger ledger =
        written(
                List.of(
                    new Step.Accepted(order("c1"), 2, 7),
                    new Step.Fetched(""),
                    new Step.Verified(),
                    new Step.Trial(Optional.of(BUNDLE), 3),
                    new Step.Started(2),
                    new Step.Restarted("")))
            .ledger(SLOT);

    assertThat(ledger.state()).isEqualTo(State.TRIAL);
    assertThat(ledger.startsLeft()).isEqualTo(2);
    assertThat(ledger.restarts()).isEqualTo(1);
    assertThat(ledger.goBackTo()).contains(BUNDLE);
    assertThat(ledger.counter()).isEqualTo(7);
    assertThat(ledger.busy()).isTrue();
    assertThat(ledger.settled("c1")).isFalse();
  }

  @Test
  void whatWasSupersededMayBeOrderedAgainWhatFailedMayNot() {
    Journal journal = written(List.of(new Step.Accepted(order("c1"), 1, 1)));
    journal.append(
        NOW, SLOT, "c1", Optional.of(BUNDLE), Traffic.NONE, new Step.Failed(Code.SUPERSEDED, ""));
    assertThat(journal.ledger(SLOT).settled("c1")).isFalse();

    journal.append(
        NOW, SLOT, "c1", Optional.of(BUNDLE), Traffic.NONE, new Step.Failed(Code.GOLDEN, ""));
    assertThat(journal.ledger(SLOT).settled("c1")).isTrue();
  }

  @Test
  void afterAFailedSyncNothingIsBelievedAnyMore() {
    Journal journal = written(List.of(new Step.Fetched("")));
    journal.close();

    assertThatThrownBy(
            () ->
                journal.append(
                    NOW, SLOT, "c1", Optional.empty(), Traffic.NONE, new Step.Confirmed()))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.STORAGE));
    assertThatThrownBy(
            () ->
                journal.append(
                    NOW, SLOT, "c1", Optional.empty(), Traffic.NONE, new Step.Confirmed()))
        .hasMessageContaining("opened anew");
    assertThat(journal.after(0)).hasSize(1);
  }
}

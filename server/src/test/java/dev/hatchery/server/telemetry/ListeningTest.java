package dev.hatchery.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.rollout.Heard;
import dev.hatchery.server.db.Db;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the server took reports, as far as it knows itself. */
final class ListeningTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  @TempDir private Path folder;
  private Db db;
  private Instant now = NOON;

  @BeforeEach
  void open() {
    db = Db.open(folder.resolve("hatchery.db"), _ -> {});
  }

  @AfterEach
  void close() {
    db.close();
  }

  private Listening listening() {
    return new Listening(db, () -> now);
  }

  private void listens(Listening listening, int minutes, int every) {
    for (Instant end = now.plusSeconds(60L * minutes); now.isBefore(end); ) {
      now = now.plusSeconds(60L * every);
      listening.note();
    }
  }

  @Test
  void aQuarterCountsWhenItIsOverAndWasListenedToThroughout() {
    Listening listening = listening();
    listens(listening, 14, 1);
    assertThat(listening.heard()).isEqualTo(Heard.NEVER);
    listens(listening, 1, 1);
    Heard first = Heard.NEVER.during(NOON, NOON);
    assertThat(listening.heard()).isEqualTo(first);
    now = now.plus(Duration.ofMinutes(7));
    listening.note();
    listens(listening, 22, 1);
    assertThat(listening.heard()).as("it stood still for seven minutes").isEqualTo(first);
    listens(listening, 1, 1);
    Instant third = NOON.plus(Duration.ofMinutes(30));
    assertThat(listening.heard()).isEqualTo(first.during(third, third));
  }

  @Test
  void fiveMinutesAreNoBreakAndAMomentMoreIs() {
    Listening listening = listening();
    listens(listening, 15, 5);
    assertThat(listening.heard()).isNotEqualTo(Heard.NEVER);
    Heard before = listening.heard();
    now = now.plus(Duration.ofMinutes(5)).plusMillis(1);
    listening.note();
    listens(listening, 20, 5);
    assertThat(listening.heard()).as("the second quarter has a gap").isEqualTo(before);
    listens(listening, 5, 5);
    Instant third = NOON.plus(Duration.ofMinutes(30));
    assertThat(listening.heard()).isEqualTo(before.during(third, third));
  }

  @Test
  void whatIsKnownOutlivesTheServerAndItsAbsenceIsNotListening() {
    listens(listening(), 15, 1);
    now = now.plus(Duration.ofMinutes(30));
    Listening again = listening();
    assertThat(again.heard()).isEqualTo(Heard.NEVER.during(NOON, NOON));
    listens(again, 15, 1);
    Instant later = NOON.plus(Duration.ofMinutes(45));
    assertThat(again.heard()).isEqualTo(Heard.NEVER.during(NOON, NOON).during(later, later));
  }

  @Test
  void twoServersOnOneDatabaseListenForEachOther() {
    Listening one = listening();
    Listening other = listening();
    listens(one, 15, 1);
    now = NOON.plus(Duration.ofMinutes(14));
    listens(other, 1, 1);
    assertThat(other.heard()).as("it stood still itself").isEqualTo(Heard.NEVER);
    listens(other, 30, 1);
    assertThat(other.heard())
        .isEqualTo(Heard.NEVER.during(NOON, NOON.plus(Duration.ofMinutes(44))));
  }
}

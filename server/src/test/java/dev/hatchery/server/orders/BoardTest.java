package dev.hatchery.server.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BoardTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private Db db;
  private Board board;

  @BeforeEach
  void open(@TempDir Path folder) {
    db = Db.open(folder.resolve("board.db"), _ -> {});
    board = new Board(db, 3);
  }

  @AfterEach
  void close() {
    board.close();
    db.close();
  }

  @Test
  void nobodySitsOnceAllSeatsAreTaken() throws Exception {
    List<CompletableFuture<Answer>> seated = new ArrayList<>();
    for (int i = 1; i <= 3; i++) seated.add(park("edge-" + i));
    assertThat(board.parked()).isEqualTo(3);
    assertThatThrownBy(() -> park("edge-4"))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.RATE_LIMITED));
    board.post(posted("edge-1", 1));
    assertThat(seated.getFirst().get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
    assertThat(board.parked()).isEqualTo(2);
    seated.add(park("edge-4"));
    assertThat(board.parked()).isEqualTo(3);
  }

  @Test
  void newsWakesItsOwnDeviceOnly() throws Exception {
    var one = park("edge-1");
    var two = park("edge-2");
    Posted news = posted("edge-1", 1);
    board.post(news);
    Answer answer = one.get(5, TimeUnit.SECONDS);
    assertThat(answer.headers()).containsEntry("ETag", news.etag());
    assertThat(two).isNotDone();
    assertThat(board.desired(new DeviceId("edge-1")).orElseThrow().counter()).isEqualTo(1);
    assertThat(board.desired(new DeviceId("edge-2"))).isEmpty();
  }

  @Test
  void whoHoldsAnOlderOneIsAnsweredAtOnce() {
    Posted first = posted("edge-1", 1);
    Posted second = posted("edge-1", 2);
    board.post(first);
    board.post(second);
    assertThat(poll("edge-1", Optional.of(first.etag()))).isInstanceOf(Answer.class);
    assertThat(poll("edge-1", Optional.of(second.etag()))).isInstanceOf(Outcome.Parked.class);
  }

  @Test
  void closingSendsEveryoneHome() throws Exception {
    var one = park("edge-1");
    board.close();
    assertThat(one.get(5, TimeUnit.SECONDS).status()).isEqualTo(304);
    assertThat(poll("edge-2", Optional.empty())).isInstanceOf(Answer.class);
  }

  @Test
  void newsAndSittingDownNeverMissEachOther() throws Exception {
    for (int i = 1; i <= 300; i++) {
      int counter = i;
      Optional<String> held = Optional.of(posted("edge-1", counter - 1L).etag());
      var posting = CompletableFuture.runAsync(() -> board.post(posted("edge-1", counter)));
      Answer answer =
          switch (poll("edge-1", held)) {
            case Answer now -> now;
            case Outcome.Parked parked -> parked.later().get(5, TimeUnit.SECONDS);
          };
      assertThat(answer.status()).isEqualTo(200);
      posting.join();
    }
    assertThat(board.parked()).isZero();
  }

  private CompletableFuture<Answer> park(String device) {
    return ((Outcome.Parked) poll(device, Optional.empty())).later();
  }

  private Outcome poll(String device, Optional<String> held) {
    return board.poll(new DeviceId(device), held, LONG, Duration.ofSeconds(60));
  }

  private static Posted posted(String device, long counter) {
    var state =
        new DesiredState(
            new DeviceId(device),
            1,
            Math.max(1, counter),
            Instant.EPOCH,
            Instant.EPOCH,
            0,
            Map.of());
    return Posted.of(state, Bytes.utf8(device + " " + counter));
  }
}

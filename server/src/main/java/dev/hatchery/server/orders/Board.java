package dev.hatchery.server.orders;

import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows every device its newest desired state, from memory. A device that has it already may wait
 * in its seat: one seat a device, a bounded number in all, no thread for any of them. A device that
 * asks twice gets its first question answered with "nothing new".
 */
public final class Board implements AutoCloseable {
  static final int SEATS = 20_000;

  private final int seats;
  private final Map<DeviceId, Place> places = new ConcurrentHashMap<>();
  private final AtomicInteger parked = new AtomicInteger();
  private volatile boolean closing;
  private final ScheduledThreadPoolExecutor timer;
  // Waking an exchange may write to its socket; that must not hold up whoever posts.
  private final ExecutorService wakers = Executors.newVirtualThreadPerTaskExecutor();

  /** Changes atomically only, so looking and sitting down are one step. */
  private record Place(@Nullable Posted posted, @Nullable CompletableFuture<Answer> waiting) {}

  public Board(Db db) {
    this(db, SEATS);
  }

  Board(Db db, int seats) {
    this.seats = seats;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("board-timer").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    db.read(DesiredStore::all)
        .forEach(posted -> places.put(posted.state().device(), new Place(posted, null)));
  }

  /** What a device should hold by now. */
  public Optional<DesiredState> desired(DeviceId device) {
    return Optional.ofNullable(places.get(device)).map(place -> place.posted).map(Posted::state);
  }

  /** What every device that was ordered anything should hold by now. */
  public List<DesiredState> all() {
    return places.values().stream()
        .flatMap(place -> Stream.ofNullable(place.posted))
        .map(Posted::state)
        .toList();
  }

  /** How many devices wait in their seats. */
  public int parked() {
    return parked.get();
  }

  /** Replaces what a device sees, and wakes it. */
  void post(Posted posted) {
    Place before = places.put(posted.state().device(), new Place(posted, null));
    // Only now: what it is told of, it asks for at once, and must find.
    if (before != null && before.waiting != null) wake(before.waiting, shown(posted));
  }

  /** The same, unless the device sees something newer already. */
  void catchUp(Posted stored) {
    DesiredState state = stored.state();
    boolean newer =
        desired(state.device())
            .filter(
                held ->
                    held.keyset() > state.keyset()
                        || (held.keyset() == state.keyset() && held.counter() >= state.counter()))
            .isEmpty();
    if (newer) post(stored);
  }

  /**
   * Answers a poll: at once when there is something that the device does not hold, else after the
   * wait or when that changes.
   *
   * @param held the ETag of what it holds
   */
  Outcome poll(DeviceId device, Optional<String> held, Duration wait, Duration nextPoll) {
    var later = new CompletableFuture<Answer>();
    Answer[] now = new Answer[1];
    places.compute(
        device,
        (_, place) -> {
          Posted posted = place == null ? null : place.posted;
          if (posted != null && !held.equals(Optional.of(posted.etag()))) {
            now[0] = shown(posted);
            return place;
          }
          if (wait.isZero() || closing) {
            now[0] = unchanged(posted, nextPoll);
            return place == null ? new Place(null, null) : place;
          }
          takeSeat(later, place, wait, posted);
          return new Place(posted, later);
        });
    return now[0] == null ? new Outcome.Parked(later) : now[0];
  }

  private void takeSeat(
      CompletableFuture<Answer> later,
      @Nullable Place place,
      Duration wait,
      @Nullable Posted posted) {
    Answer nothingNew = unchanged(posted, Duration.ofSeconds(1));
    if (place != null && place.waiting != null) wake(place.waiting, nothingNew);
    if (parked.incrementAndGet() > seats) {
      parked.decrementAndGet();
      throw Refusal.of(Code.RATE_LIMITED, "too many devices are waiting for news")
          .fix("poll again later, or without wait");
    }
    var timeout =
        timer.schedule(() -> wake(later, nothingNew), wait.toMillis(), TimeUnit.MILLISECONDS);
    var _ =
        later.whenComplete(
            (_, _) -> {
              parked.decrementAndGet();
              timeout.cancel(false);
            });
  }

  private void wake(CompletableFuture<Answer> waiting, Answer answer) {
    wakers.execute(() -> waiting.complete(answer));
  }

  private static Answer shown(Posted posted) {
    return Answer.json(200, posted.body().toArray())
        .with("ETag", posted.etag())
        .with("Retry-After", "0");
  }

  private static Answer unchanged(@Nullable Posted posted, Duration nextPoll) {
    Answer answer = Answer.of(304).with("Retry-After", Long.toString(nextPoll.toSeconds()));
    return posted == null ? answer : answer.with("ETag", posted.etag());
  }

  /** Sends everyone home. Whoever asks from now on is answered at once. */
  @Override
  public void close() {
    closing = true;
    timer.shutdownNow();
    places.replaceAll(
        (_, place) -> {
          if (place.waiting != null) {
            wake(place.waiting, unchanged(place.posted, Duration.ofSeconds(1)));
          }
          return new Place(place.posted, null);
        });
    wakers.close();
  }
}

package dev.hatchery.agent;

import dev.hatchery.agent.api.Answer;
import dev.hatchery.agent.api.DeviceApi;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.slot.Backoff;
import dev.hatchery.agent.slot.Clocks;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the desired state, is parked until there is news, and has it judged. The parked request
 * stands on a thread of its own that touches no disk, so that it can be given up at any time.
 */
final class Poller {
  private static final Duration UNTIL_WOKEN = Duration.ofHours(1);

  /** A server that answers every poll at once is asked no faster than this. */
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

  private final DeviceApi api;
  private final Enrolment enrolment;
  private final Acceptance acceptance;
  private final Duration longPoll;
  private final Backoff backoff;
  private final Clocks clocks;
  private final EventLog log;
  private final Wakes wakes;
  private Optional<Digest> have;
  private @Nullable Parked parked;
  // Set by the reporter when a heartbeat tells of news.
  private volatile boolean again;

  /**
   * Whom it wakes, and whom it tells.
   *
   * @param self this poller's loop
   * @param taken a desired state was taken
   * @param refused one was not believed
   */
  record Wakes(Runnable self, Runnable taken, Consumer<Step.Refused> refused) {}

  private final class Parked {
    private volatile @Nullable Answer<Optional<Bytes>> answer;
    private final long since = clocks.nanos();
    private final Thread thread = Thread.ofVirtual().name("poll").unstarted(this::ask);

    private void ask() {
      try {
        answer = api.desired(have, longPoll);
      } catch (InterruptedException givenUp) {
        return;
      } catch (RuntimeException e) {
        Refusal why = Refusal.of(Code.INTERNAL, "a poll failed").got(e).cause(e);
        answer = new Answer.Bad<>(why, Duration.ZERO);
      }
      wakes.self.run();
    }
  }

  Poller(
      DeviceApi api,
      Enrolment enrolment,
      Acceptance acceptance,
      Duration longPoll,
      Backoff backoff,
      Clocks clocks,
      EventLog log,
      Wakes wakes) {
    this.api = api;
    this.enrolment = enrolment;
    this.acceptance = acceptance;
    this.longPoll = longPoll;
    this.backoff = backoff;
    this.clocks = clocks;
    this.log = log;
    this.wakes = wakes;
    this.have = acceptance.document();
  }

  /** Gives up the parked request and asks anew. */
  void askAgain() {
    again = true;
    wakes.self.run();
  }

  Duration step() throws InterruptedException {
    if (!enrolment.done()) return enrol();
    Parked now = parked;
    if (again && now != null && now.answer == null) {
      now.thread.interrupt();
      now = null;
    }
    again = false;
    if (now == null) now = park();
    Answer<Optional<Bytes>> answer = now.answer;
    if (answer == null) return UNTIL_WOKEN;
    parked = null;
    Duration took = Duration.ofNanos(clocks.nanos() - now.since);
    return switch (answer) {
      case Answer.Bad<Optional<Bytes>> bad -> failed(bad.why(), bad.retryAfter());
      case Answer.Good<Optional<Bytes>> good -> answered(good, took);
    };
  }

  private Parked park() {
    Parked next = new Parked();
    parked = next;
    next.thread.start();
    return next;
  }

  private Duration enrol() throws InterruptedException {
    try {
      enrolment.enrol(api);
      log.line("enrolled");
      backoff.reset();
      wakes.taken.run();
      return Duration.ZERO;
    } catch (Refusal refusal) {
      if (refusal.code() == Code.STORAGE) throw refusal;
      log.refusal("not-enrolled", refusal);
      return backoff.next();
    }
  }

  private Duration failed(Refusal why, Duration retryAfter) {
    log.refusal("poll-failed", why);
    return longer(backoff.next(), retryAfter);
  }

  private Duration answered(Answer.Good<Optional<Bytes>> good, Duration took)
      throws InterruptedException {
    if (good.value().isEmpty()) {
      backoff.reset();
      Duration pause = took.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : Duration.ZERO;
      return longer(pause, good.retryAfter());
    }
    byte[] body = good.value().get().toArray();
    return switch (acceptance.take(body, api)) {
      case Acceptance.Taken taken -> {
        have = Optional.of(Digest.of(body));
        backoff.reset();
        log.line("desired-state", "mark", acceptance.mark(), "orders", orders(taken.desired()));
        wakes.taken.run();
        yield good.retryAfter();
      }
      case Acceptance.Known _ -> {
        have = Optional.of(Digest.of(body));
        yield longer(LEAST_PAUSE, good.retryAfter());
      }
      case Acceptance.Refused refused -> {
        // Known by its digest from now on, so that the server parks the next poll; but what a clock
        // may have got wrong has to come again, and the server has nothing newer to send.
        if (!refused.again()) have = Optional.of(refused.document());
        tell(refused);
        yield longer(backoff.next(), good.retryAfter());
      }
      case Acceptance.Later later -> failed(later.why(), good.retryAfter());
    };
  }

  private static String orders(DesiredState desired) {
    List<String> orders = new ArrayList<>();
    desired
        .slots()
        .forEach(
            (slot, order) -> orders.add(slot + ":" + order.commandId() + ":" + order.release()));
    return String.join(",", orders);
  }

  private void tell(Acceptance.Refused refused) {
    log.refusal("desired-state-refused", refused.why());
    wakes.refused.accept(
        new Step.Refused(refused.document(), refused.why().code(), refused.why().problem().line()));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /** Lets the parked request go. */
  void close() {
    Parked now = parked;
    if (now != null) now.thread.interrupt();
  }
}

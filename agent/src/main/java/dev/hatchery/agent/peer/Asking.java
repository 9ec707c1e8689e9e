package dev.hatchery.agent.peer;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Asks neighbours the same thing, some at a time, and waits for their answers together. */
final class Asking {
  private static final int MAX_ASKED = 32;
  private static final int AT_ONCE = 8;

  private final Neighbours neighbours;
  private final Limits limits;
  private final LongSupplier nanos;

  /** A question; fails with what is wrong with who was asked. */
  interface Question<T> {
    T ask(PeerConnection connection) throws PeerFailure;
  }

  private record Heard<T>(InetSocketAddress from, Optional<T> answer) {}

  Asking(Neighbours neighbours, Limits limits, LongSupplier nanos) {
    this.neighbours = neighbours;
    this.limits = limits;
    this.nanos = nanos;
  }

  /**
   * The answers that came in time, each in the order in which it came.
   *
   * @param enough with so many answers nobody waits for more
   */
  <T> Map<InetSocketAddress, T> all(Question<T> question, int enough) throws InterruptedException {
    List<InetSocketAddress> asked = neighbours.willing();
    if (asked.size() > MAX_ASKED) asked = asked.subList(0, MAX_ASKED);
    BlockingQueue<Heard<T>> heard = new LinkedBlockingQueue<>();
    Semaphore places = new Semaphore(AT_ONCE);
    AtomicBoolean over = new AtomicBoolean();
    for (InetSocketAddress one : asked) {
      Thread.startVirtualThread(() -> ask(one, question, places, over, heard));
    }
    try {
      return collect(heard, asked.size(), enough);
    } finally {
      // Who was asked may still say what is wrong with it; nobody else is asked.
      over.set(true);
    }
  }

  private <T> void ask(
      InetSocketAddress one,
      Question<T> question,
      Semaphore places,
      AtomicBoolean over,
      BlockingQueue<Heard<T>> heard) {
    places.acquireUninterruptibly();
    Optional<T> answer = Optional.empty();
    try {
      if (!over.get()) answer = Optional.of(ask(one, question));
    } catch (PeerFailure failure) {
      neighbours.failed(one, failure.fault());
    } finally {
      places.release();
      heard.add(new Heard<>(one, answer));
    }
  }

  private <T> T ask(InetSocketAddress one, Question<T> question) throws PeerFailure {
    try (PeerConnection connection = PeerConnection.open(one, limits, nanos)) {
      return question.ask(connection);
    }
  }

  private <T> Map<InetSocketAddress, T> collect(
      BlockingQueue<Heard<T>> heard, int asked, int enough) throws InterruptedException {
    Map<InetSocketAddress, T> answers = new HashMap<>();
    long deadline = nanos.getAsLong() + limits.asking().toNanos();
    for (int i = 0; i < asked && answers.size() < enough; i++) {
      Duration left = Duration.ofNanos(deadline - nanos.getAsLong());
      Heard<T> one = heard.poll(left.toNanos(), TimeUnit.NANOSECONDS);
      if (one == null) break;
      one.answer.ifPresent(answer -> answers.put(one.from, answer));
    }
    return answers;
  }
}

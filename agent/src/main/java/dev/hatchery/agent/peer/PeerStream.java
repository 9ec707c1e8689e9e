package dev.hatchery.agent.peer;

import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way from neighbours. A thread fetches and judges the pieces, one ahead of the
 * reader; at most three are in memory.
 */
final class PeerStream implements BlobSource.Stream {
  private sealed interface Event {
    record Data(ByteBuffer piece) implements Event {}

    record Failed(Refusal why) implements Event {}

    record End() implements Event {}
  }

  private final Pieces pieces;
  private final long from;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(1);
  private final Thread fetching;
  // The reader's.
  private ByteBuffer current = ByteBuffer.allocate(0);
  private boolean ended;
  private @Nullable Refusal failed;

  private PeerStream(Pieces pieces, long from) {
    this.pieces = pieces;
    this.from = from;
    this.fetching = Thread.ofVirtual().name("peer-fetching").unstarted(this::fetch);
  }

  static PeerStream begin(Pieces pieces, long from) {
    PeerStream stream = new PeerStream(pieces, from);
    stream.fetching.start();
    return stream;
  }

  @Override
  public long start() {
    return from;
  }

  @Override
  public int read(byte[] into, Duration patience) throws InterruptedException {
    if (!current.hasRemaining() && failed == null && !ended) {
      Event next = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (next != null) take(next);
    }
    if (failed != null) throw failed;
    if (!current.hasRemaining()) return ended ? -1 : 0;
    int length = Math.min(into.length, current.remaining());
    current.get(into, 0, length);
    return length;
  }

  private void take(Event event) {
    switch (event) {
      case Event.Data data -> current = data.piece;
      case Event.Failed why -> failed = why.why;
      case Event.End _ -> ended = true;
    }
  }

  private void fetch() {
    try (pieces) {
      events.put(outcome());
    } catch (InterruptedException e) {
      // Closed: nobody reads any more.
    }
  }

  private Event outcome() throws InterruptedException {
    try {
      for (int i = pieces.indexOf(from); i < pieces.count(); i++) {
        byte[] piece = pieces.fetch(i);
        // The reader may begin amid a piece; judged is the whole.
        int skipped = (int) Math.max(0, from - pieces.start(i));
        events.put(new Event.Data(ByteBuffer.wrap(piece).position(skipped)));
      }
      return new Event.End();
    } catch (Refusal why) {
      return new Event.Failed(why);
    } catch (RuntimeException | Error e) {
      // A defect of ours shall end this fetch, not leave its reader waiting.
      return new Event.Failed(
          Refusal.of(Code.PEER, "fetching from neighbours failed").got(e).cause(e));
    }
  }

  /** Lets the connections go, without waiting. */
  @Override
  public void close() {
    fetching.interrupt();
  }
}

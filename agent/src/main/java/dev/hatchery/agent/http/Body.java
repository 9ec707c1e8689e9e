package dev.hatchery.agent.http;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A reply's body, read by one thread. The client's own streams wait for ever; this waits as long as
 * the reader says. At most two pieces are in memory: the one being read and the next.
 */
public final class Body implements BodySubscriber<Body>, AutoCloseable {
  private sealed interface Piece {
    record Data(List<ByteBuffer> buffers) implements Piece {}

    record Failed(Throwable cause) implements Piece {}

    record End() implements Piece {}
  }

  private final PlainMeter meter;
  // Filled by the client's threads, emptied by the reader's.
  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  // Written by one side before it reads the other's, so a close is never missed.
  private volatile @Nullable Subscription subscription;
  private volatile boolean closed;
  private List<ByteBuffer> current = List.of();
  private boolean ended;

  Body(PlainMeter meter) {
    this.meter = meter;
  }

  @Override
  public CompletionStage<Body> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription s) {
    subscription = s;
    if (closed) s.cancel();
    else s.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    for (ByteBuffer piece : item) meter.body(piece.remaining());
    pieces.add(new Piece.Data(item));
  }

  @Override
  public void onError(Throwable throwable) {
    pieces.add(new Piece.Failed(throwable));
  }

  @Override
  public void onComplete() {
    pieces.add(new Piece.End());
  }

  /**
   * Waits at most {@code patience} for bytes.
   *
   * @return their number; 0 when none came in time; -1 at the end
   * @throws Refusal TRUNCATED when the body breaks off
   */
  public int read(byte[] into, Duration patience) throws InterruptedException {
    ByteBuffer next = nextBuffer();
    if (next == null && !ended) {
      take(pieces.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
      next = nextBuffer();
    }
    if (next == null) return ended ? -1 : 0;
    int length = Math.min(into.length, next.remaining());
    next.get(into, 0, length);
    return length;
  }

  /** The whole body, which must be here within {@code patience}. */
  public byte[] readAll(DataSize max, Duration patience) throws InterruptedException {
    var all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      long left = deadline - System.nanoTime();
      int n = left <= 0 ? 0 : read(buffer, Duration.ofNanos(left));
      if (n < 0) return all.toByteArray();
      if (n == 0) throw Refusal.of(Code.SLOW, "an answer did not come in time").expected(patience);
      all.write(buffer, 0, n);
      if (all.size() > max.bytes()) {
        throw Refusal.of(Code.TOO_LARGE, "an answer is too large").expected("at most " + max);
      }
    }
  }

  private void take(@Nullable Piece piece) {
    switch (piece) {
      case null -> {}
      case Piece.Data data -> {
        current = data.buffers;
        askForMore();
      }
      case Piece.End _ -> ended = true;
      case Piece.Failed failed ->
          throw Refusal.of(Code.TRUNCATED, "a body broke off")
              .got(failed.cause)
              .cause(failed.cause);
    }
  }

  // One piece ahead, so that the network does not wait for the disk.
  private void askForMore() {
    Subscription s = subscription;
    if (s != null) s.request(1);
  }

  private @Nullable ByteBuffer nextBuffer() {
    for (ByteBuffer buffer : current) {
      if (buffer.hasRemaining()) return buffer;
    }
    return null;
  }

  /** Lets the connection go; what was not read is never read. */
  @Override
  public void close() {
    closed = true;
    Subscription s = subscription;
    if (s != null) s.cancel();
  }
}

package dev.hatchery.agent.peer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A socket's input that waits for each read only so long, and for all of them together only so
 * long: one byte every few seconds is no answer.
 */
final class TimedInput extends FilterInputStream {
  private final Socket socket;
  private final Duration each;
  private final LongSupplier nanos;
  private long deadline;

  TimedInput(Socket socket, Duration each, LongSupplier nanos) throws IOException {
    super(socket.getInputStream());
    this.socket = socket;
    this.each = each;
    this.nanos = nanos;
  }

  /** From now on, all reads together may take this long. */
  void begin(Duration all) {
    deadline = nanos.getAsLong() + all.toNanos();
  }

  private void limit() throws IOException {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - nanos.getAsLong());
    if (left <= 0) throw new SocketTimeoutException("it takes too long");
    socket.setSoTimeout((int) Math.min(left, each.toMillis()));
  }

  @Override
  public int read() throws IOException {
    limit();
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    limit();
    return super.read(bytes, offset, length);
  }
}

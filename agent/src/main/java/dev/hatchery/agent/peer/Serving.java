package dev.hatchery.agent.peer;

import dev.hatchery.core.Refusal;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** One connection of a neighbour: request after request, until one of the two has enough. */
final class Serving implements AutoCloseable {
  private static final int MAX_REQUESTS = 100_000;

  private final Socket socket;
  private final Limits limits;
  private final Answering answering;
  private final LongSupplier nanos;
  // Written by the connection's thread, read by the guard; late by a moment does no harm.
  private volatile Optional<Wait> wait = Optional.empty();

  private record Wait(long since, Duration atMost) {}

  Serving(Socket socket, Limits limits, Answering answering, LongSupplier nanos) {
    this.socket = socket;
    this.limits = limits;
    this.answering = answering;
    this.nanos = nanos;
  }

  InetAddress from() {
    return socket.getInetAddress();
  }

  /** Whether the neighbour has been waited for too long. */
  boolean overdue() {
    return wait.filter(w -> nanos.getAsLong() - w.since > w.atMost.toNanos()).isPresent();
  }

  private void waitFor(Duration atMost) {
    wait = Optional.of(new Wait(nanos.getAsLong(), atMost));
  }

  private void waitNoMore() {
    wait = Optional.empty();
  }

  void run() {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), Request.MAX_HEAD);
      for (int i = 0; i < MAX_REQUESTS; i++) {
        if (!one(in)) return;
      }
    } catch (IOException | InterruptedException | Refusal gone) {
      // The neighbour went away or was sent away, or our disk cannot be read: it asks others.
    }
  }

  private boolean one(InputStream in) throws IOException, InterruptedException {
    byte[] head = new byte[Request.MAX_HEAD];
    Answering.Out out = new Answering.Out(socket.getOutputStream(), this::waitForWrite);
    try {
      waitFor(limits.head());
      int length = head(in, head);
      waitNoMore();
      if (length == 0) return false;
      Request request = Request.parse(head, length);
      answering.answer(request, out);
      return request.keep();
    } catch (Rejected rejected) {
      out.write(
          ("HTTP/1.1 " + rejected.status() + " -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      return false;
    }
  }

  private void waitForWrite(boolean begins) {
    if (begins) waitFor(limits.stall());
    else waitNoMore();
  }

  // Up to and with the empty line; 0 when the neighbour has no more to ask.
  private static int head(InputStream in, byte[] head) throws IOException, Rejected {
    int length = 0;
    while (length < head.length) {
      int b = in.read();
      if (b < 0 && length == 0) return 0;
      if (b < 0) throw new EOFException();
      head[length++] = (byte) b;
      if (b == '\n' && ends(head, length)) return length;
    }
    throw new Rejected(431);
  }

  private static boolean ends(byte[] head, int length) {
    return length >= 4
        && head[length - 2] == '\r'
        && head[length - 3] == '\n'
        && head[length - 4] == '\r';
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}

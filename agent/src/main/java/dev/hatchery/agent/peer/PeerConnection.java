package dev.hatchery.agent.peer;

import dev.hatchery.core.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A connection to a neighbour. What fails, fails with a {@link PeerFailure} that says whose fault
 * it is. An interrupt ends what it waits for, since it is used by virtual threads only.
 */
final class PeerConnection implements AutoCloseable {
  private final Socket socket;
  private final TimedInput timed;
  private final InputStream in;
  private final String host;
  private final Limits limits;
  private boolean used;
  private boolean usable = true;

  private PeerConnection(Socket socket, String host, Limits limits, LongSupplier nanos)
      throws IOException {
    this.socket = socket;
    this.timed = new TimedInput(socket, limits.answer(), nanos);
    this.in = new BufferedInputStream(timed, 16 * 1024);
    this.host = host;
    this.limits = limits;
  }

  static PeerConnection open(InetSocketAddress to, Limits limits, LongSupplier nanos)
      throws PeerFailure {
    Socket socket = new Socket();
    try {
      socket.connect(to, (int) limits.connect().toMillis());
      socket.setTcpNoDelay(true);
      String shown = to.getAddress().getHostAddress();
      return new PeerConnection(
          socket,
          (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + to.getPort(),
          limits,
          nanos);
    } catch (IOException e) {
      close(socket);
      throw new PeerFailure(Fault.AWAY, e);
    }
  }

  /** Whether an earlier request ended well, so that a failure now may be a connection grown old. */
  boolean used() {
    return used;
  }

  /** Whether another request may follow. */
  boolean usable() {
    return usable && !socket.isClosed();
  }

  /** Bytes of a blob; fails with LACKING when the neighbour has none of this name. */
  long size(Digest name) throws PeerFailure {
    return doing(
        limits.asking(),
        () -> {
          send("HEAD /blobs/" + name.hex(), "");
          Reply reply = Reply.read(in);
          if (reply.status() != 200) throw refused(reply, false);
          return ended(reply, reply.length());
        });
  }

  /**
   * Fetches one piece, still veiled.
   *
   * @param size what the blob must measure
   */
  void piece(Digest name, long from, byte[] into, long size) throws PeerFailure {
    doing(
        limits.chunk(),
        () -> {
          long last = from + into.length - 1;
          send("GET /blobs/" + name.hex(), "Range: bytes=" + from + "-" + last + "\r\n");
          Reply reply = Reply.read(in);
          if (reply.status() != 206) throw refused(reply, true);
          String range = "bytes " + from + "-" + last + "/" + size;
          if (!reply.contentRange().equals(range) || reply.length() != into.length) {
            throw Reply.broken("another range than asked");
          }
          if (in.readNBytes(into, 0, into.length) < into.length) {
            throw new PeerFailure(Fault.AWAY, "the connection ended");
          }
          return ended(reply, reply.length());
        });
  }

  /** Which of these names the neighbour has, as it says; at most sixteen. */
  List<Digest> have(List<Digest> names) throws PeerFailure {
    return doing(
        limits.asking(),
        () -> {
          send(
              "GET /have?n=" + names.stream().map(Digest::hex).collect(Collectors.joining(",")),
              "");
          Reply reply = Reply.read(in);
          if (reply.status() != 200) throw refused(reply, true);
          if (reply.length() > names.size() * 65L) throw Reply.broken("more than was asked");
          byte[] body = in.readNBytes((int) reply.length());
          String held = new String(body, StandardCharsets.ISO_8859_1);
          ended(reply, body.length);
          return names.stream().filter(n -> held.contains(n.hex() + "\n")).toList();
        });
  }

  private long ended(Reply reply, long value) {
    used = true;
    if (!reply.keep()) usable = false;
    return value;
  }

  private void send(String request, String headers) throws IOException {
    socket
        .getOutputStream()
        .write(
            (request + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  private PeerFailure refused(Reply reply, boolean body) {
    // A body nobody wants would be taken for the next answer.
    if (body && reply.length() > 0) usable = false;
    if (!reply.keep()) usable = false;
    used = true;
    return switch (reply.status()) {
      case 404, 416 -> new PeerFailure(Fault.LACKING, "status " + reply.status());
      case 429, 503 -> new PeerFailure(Fault.BUSY, "status " + reply.status());
      default -> new PeerFailure(Fault.BROKEN, "status " + reply.status());
    };
  }

  private interface Exchange<T> {
    T run() throws IOException;
  }

  private <T> T doing(Duration atMost, Exchange<T> exchange) throws PeerFailure {
    timed.begin(atMost);
    boolean keeps = false;
    try {
      T result = exchange.run();
      keeps = true;
      return result;
    } catch (SocketTimeoutException e) {
      throw new PeerFailure(Fault.SLOW, e);
    } catch (PeerFailure e) {
      keeps = e.fault() == Fault.LACKING || e.fault() == Fault.BUSY;
      throw e;
    } catch (IOException e) {
      throw new PeerFailure(Fault.AWAY, e);
    } finally {
      if (!keeps) close();
    }
  }

  @Override
  public void close() {
    usable = false;
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is not used any more either way.
    }
  }
}

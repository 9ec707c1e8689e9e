package dev.hatchery.agent.peer;

import dev.hatchery.core.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import javax.crypto.Cipher;

/** What is answered to a request; shared by all connections. */
final class Answering {
  private static final int SLICE = 16 * 1024;
  private static final String KIND = "Content-Type: application/octet-stream\r\n";

  private final Catalogue catalogue;
  private final UploadRate rate;
  private final Semaphore uploads;
  private final Sleeper sleeper;
  private final LongConsumer served;

  /** Where answers go; tells when it begins and ends to wait for the neighbour. */
  record Out(OutputStream to, Consumer<Boolean> waiting) {
    void write(byte[] bytes) throws IOException {
      write(bytes, bytes.length);
    }

    void write(byte[] bytes, int length) throws IOException {
      waiting.accept(true);
      to.write(bytes, 0, length);
      waiting.accept(false);
    }
  }

  /**
   * Answers.
   *
   * @param served hears of every body byte that went out
   */
  Answering(
      Catalogue catalogue, UploadRate rate, int uploads, Sleeper sleeper, LongConsumer served) {
    this.catalogue = catalogue;
    this.rate = rate;
    this.uploads = new Semaphore(uploads);
    this.sleeper = sleeper;
    this.served = served;
  }

  void answer(Request request, Out out) throws IOException, InterruptedException, Rejected {
    switch (request.target()) {
      case Request.Have have -> have(have, request.body(), out);
      case Request.Blob blob -> blob(blob.name(), request, out);
    }
  }

  private void have(Request.Have have, boolean body, Out out) throws IOException {
    var held = new StringBuilder();
    for (Digest name : have.names()) {
      if (catalogue.find(name).isPresent()) held.append(name.hex()).append('\n');
    }
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + held.length() + END;
    out.write((body ? head + held : head).getBytes(StandardCharsets.US_ASCII));
  }

  private static final String END = "\r\n\r\n";

  private void blob(Digest name, Request request, Out out)
      throws IOException, InterruptedException, Rejected {
    Optional<Catalogue.Found> found = catalogue.find(name);
    if (found.isEmpty()) {
      out.write("HTTP/1.1 404 -\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return;
    }
    long size = found.get().item().size();
    if (!request.body()) {
      out.write(ok(size));
    } else if (uploads.tryAcquire()) {
      try {
        send(found.get(), request.range(), size, out);
      } finally {
        uploads.release();
      }
    } else {
      out.write(
          "HTTP/1.1 503 -\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void send(Catalogue.Found found, Optional<Range> asked, long size, Out out)
      throws IOException, InterruptedException, Rejected {
    Range range = asked.isPresent() ? asked.get().of(size) : new Range(0, size - 1);
    try (InputStream in = found.item().open()) {
      in.skipNBytes(range.first());
      out.write(asked.isPresent() ? partial(range, size) : ok(size));
      Cipher veil = Veil.at(found.blob(), range.first());
      byte[] slice = new byte[SLICE];
      long left = range.length();
      while (left > 0) {
        int n = in.read(slice, 0, (int) Math.min(slice.length, left));
        if (n < 0) throw new EOFException();
        Veil.turn(veil, slice, n);
        Duration wait = rate.take(n);
        if (wait.isPositive()) sleeper.sleep(wait);
        out.write(slice, n);
        served.accept(n);
        left -= n;
      }
    }
  }

  private static byte[] ok(long size) {
    return ("HTTP/1.1 200 OK\r\n" + KIND + "Accept-Ranges: bytes\r\nContent-Length: " + size + END)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] partial(Range range, long size) {
    return ("HTTP/1.1 206 -\r\n"
            + KIND
            + "Content-Range: bytes "
            + (range.first() + "-" + range.last() + "/" + size)
            + "\r\nContent-Length: "
            + range.length()
            + END)
        .getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.hatchery.server.http;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How much one sender may take (security reference, section 5). */
final class Limits {
  static final DataSize HEADERS = DataSize.kib(16);
  static final Duration IDLE = Duration.ofSeconds(30);
  static final long BODY_BYTES_PER_SECOND = 1024;

  /**
   * A little more than the largest body that anybody may send, blobs aside: who is over by mistake
   * reads why instead of finding the connection closed.
   */
  static final DataSize DRAINED = DataSize.mib(8);

  static final Duration BODY_GRACE = Duration.ofSeconds(10);
  static final int CONNECTIONS = 20_000;
  static final int ACCEPT_QUEUE = 4096;

  /** Handlers at work at once; parked exchanges do not count. */
  static final int AT_WORK = 256;

  static final Duration AT_WORK_WAIT = Duration.ofSeconds(2);

  private Limits() {}

  /** Refuses a body that says itself that it is too large. */
  static void requireDeclared(long declared, DataSize max) {
    if (declared > max.bytes()) throw tooLarge(max);
  }

  /** A whole body. */
  static byte[] all(InputStream in, DataSize max) {
    try {
      return cut(in, max).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes what is left of a body that nobody wanted, so that the connection can be used again.
   *
   * @return false when there was too much of it
   */
  static boolean drained(InputStream in) throws IOException {
    try {
      cut(in, DRAINED).transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (Refusal tooMuch) {
      return false;
    }
  }

  /** A body that ends with a refusal where it gets too large or too slow. */
  static InputStream cut(InputStream in, DataSize max) {
    return new Cut(in, max);
  }

  private static Refusal tooLarge(DataSize max) {
    return Refusal.of(Code.TOO_LARGE, "a request's body is too large").expected("at most " + max);
  }

  private static final class Cut extends FilterInputStream {
    private final DataSize max;
    private final long started = System.nanoTime();
    private long seen;

    Cut(InputStream in, DataSize max) {
      super(in);
      this.max = max;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      if (b >= 0) count(1);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      if (n > 0) count(n);
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      long skipped = super.skip(n);
      count(skipped);
      return skipped;
    }

    private void count(long n) throws IOException {
      seen += n;
      if (seen > max.bytes()) throw tooLarge(max);
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
      if (seconds > BODY_GRACE.toSeconds() && seen < seconds * BODY_BYTES_PER_SECOND) {
        throw new IOException("the body comes too slowly");
      }
    }
  }
}

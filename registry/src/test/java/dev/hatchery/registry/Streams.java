package dev.hatchery.registry;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/** Bodies as clients and networks make them. */
final class Streams {
  private Streams() {}

  /** Gives these bytes, then breaks. */
  static InputStream broken(byte[] before) {
    return new FilterInputStream(new ByteArrayInputStream(before)) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        if (n < 0) throw new IOException("connection reset");
        return n;
      }
    };
  }

  /** Says that it is being read, waits, and ends. */
  static InputStream waiting(CountDownLatch reading, CountDownLatch goOn) {
    return new FilterInputStream(InputStream.nullInputStream()) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        reading.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        return -1;
      }
    };
  }
}

package dev.hatchery.agent.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a server on loopback and counts what passes, as a meter on the line would. */
final class CountingRelay implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final AtomicLong forth = new AtomicLong();
  private final AtomicLong back = new AtomicLong();
  private final List<Thread> pumps = new CopyOnWriteArrayList<>();

  CountingRelay(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  long forth() {
    return forth.get();
  }

  long back() {
    return back.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket from = listening.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
        pumps.add(Thread.ofVirtual().start(() -> pump(from, to, forth)));
        pumps.add(Thread.ofVirtual().start(() -> pump(to, from, back)));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void pump(Socket from, Socket to, AtomicLong count) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count.addAndGet(n);
        out.write(buffer, 0, n);
      }
    } catch (IOException hungUp) {
      // One side ends, so does the other.
    }
  }

  /** Waits until every connection has ended. */
  void ended() throws InterruptedException {
    for (Thread pump : pumps) pump.join();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}

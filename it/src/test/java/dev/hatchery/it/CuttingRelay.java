package dev.hatchery.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A bad link: every connection breaks once so many bytes have come to the device over it. */
final class CuttingRelay implements AutoCloseable {
  private final ServerSocket listening;
  private final URI server;
  private final long cutAfter;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicLong toDevice = new AtomicLong();

  private CuttingRelay(ServerSocket listening, URI server, long cutAfter) {
    this.listening = listening;
    this.server = server;
    this.cutAfter = cutAfter;
  }

  static CuttingRelay before(URI server, long cutAfter) throws IOException {
    ServerSocket listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    CuttingRelay relay = new CuttingRelay(listening, server, cutAfter);
    Thread.ofVirtual().name("relay").start(relay::accept);
    return relay;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  int cuts() {
    return cuts.get();
  }

  /** Everything that was sent to the device: bodies, headers, answers of all kinds. */
  long toDevice() {
    return toDevice.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket device = listening.accept();
        Socket behind = new Socket(server.getHost(), server.getPort());
        open.add(device);
        open.add(behind);
        Thread.ofVirtual().start(() -> up(device, behind));
        Thread.ofVirtual().start(() -> down(behind, device));
      } catch (IOException e) {
        // Closed, or the server is away: the device sees it and comes again.
      }
    }
  }

  private void up(Socket device, Socket behind) {
    try {
      device.getInputStream().transferTo(behind.getOutputStream());
    } catch (IOException e) {
      // One of them has gone.
    } finally {
      end(device, behind);
    }
  }

  private void down(Socket behind, Socket device) {
    try {
      InputStream in = behind.getInputStream();
      OutputStream out = device.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      long left = cutAfter;
      while (left > 0) {
        int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (n < 0) return;
        out.write(buffer, 0, n);
        toDevice.addAndGet(n);
        left -= n;
      }
      cuts.incrementAndGet();
    } catch (IOException e) {
      // One of them has gone.
    } finally {
      end(device, behind);
    }
  }

  private void end(Socket... both) {
    for (Socket socket : both) {
      open.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    open.forEach(this::end);
  }
}

package dev.hatchery.agent.peer;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Takes connections from near addresses and gives each a thread. A thread that waits for a stranger
 * cannot be told to stop waiting for its writes; a guard closes the connections of those who take
 * too long.
 */
final class PeerServer implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final Duration GUARD = Duration.ofMillis(250);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final ServerSocket listening;
  private final List<Network> allow;
  private final Limits limits;
  private final Answering answering;
  private final LongSupplier nanos;
  private final Set<Serving> open = ConcurrentHashMap.newKeySet();
  private final Semaphore somebody = new Semaphore(0);
  private final Thread taking;
  private final Thread guarding;

  private PeerServer(
      ServerSocket listening,
      List<Network> allow,
      Limits limits,
      Answering answering,
      LongSupplier nanos) {
    this.listening = listening;
    this.allow = allow;
    this.limits = limits;
    this.answering = answering;
    this.nanos = nanos;
    this.taking = Thread.ofVirtual().name("peers").unstarted(this::take);
    this.guarding = Thread.ofVirtual().name("peers-guard").unstarted(this::guard);
  }

  /** Refuses UNREACHABLE when the port is taken. */
  static PeerServer start(Peering peering, Limits limits, Answering answering, LongSupplier nanos) {
    InetSocketAddress at =
        peering
            .bind()
            .map(address -> new InetSocketAddress(address, peering.port()))
            .orElseGet(() -> new InetSocketAddress(peering.port()));
    try {
      ServerSocket listening = new ServerSocket();
      try {
        listening.bind(at, BACKLOG);
      } catch (IOException e) {
        listening.close();
        throw e;
      }
      var server = new PeerServer(listening, peering.allow(), limits, answering, nanos);
      server.taking.start();
      server.guarding.start();
      return server;
    } catch (IOException e) {
      throw Refusal.of(Code.UNREACHABLE, "neighbours cannot be served")
          .at("peers.port " + at)
          .got(e.getMessage())
          .fix("set peers.port or peers.bind in agent.yaml")
          .cause(e);
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  private void take() {
    while (!listening.isClosed()) {
      try {
        admit(listening.accept());
      } catch (IOException e) {
        if (listening.isClosed()) return;
        pause(AFTER_FAILURE);
      }
    }
  }

  private void admit(Socket socket) throws IOException {
    if (!Network.any(allow, socket.getInetAddress()) || full(socket.getInetAddress())) {
      socket.close();
      return;
    }
    Serving serving = new Serving(socket, limits, answering, nanos);
    open.add(serving);
    somebody.release();
    // It came while close() was letting everybody go.
    if (listening.isClosed()) serving.close();
    Thread.ofVirtual()
        .name("peer-serving")
        .start(
            () -> {
              try {
                serving.run();
              } finally {
                open.remove(serving);
              }
            });
  }

  private boolean full(InetAddress from) {
    long same = open.stream().filter(s -> s.from().equals(from)).count();
    return open.size() >= limits.connections() || same >= limits.connectionsOfOne();
  }

  private void guard() {
    while (!listening.isClosed()) {
      if (open.isEmpty()) awaitSomebody();
      open.stream().filter(Serving::overdue).forEach(Serving::close);
      pause(GUARD);
    }
  }

  // A device that nobody asks sleeps.
  private void awaitSomebody() {
    try {
      somebody.acquire();
      somebody.drainPermits();
    } catch (InterruptedException e) {
      // Only by close(), which the loops look at.
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      // Only by close(), which the loops look at.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      // It is not used any more either way.
    }
    taking.interrupt();
    guarding.interrupt();
    open.forEach(Serving::close);
  }
}

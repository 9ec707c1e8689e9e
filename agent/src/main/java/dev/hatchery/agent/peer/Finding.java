package dev.hatchery.agent.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds neighbours, and looks again every minute: networks come after the agent, addresses change,
 * names lead elsewhere.
 */
final class Finding implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final int MAX_NETWORKS = 4;

  private final Peering peering;
  private final Peers.Self self;
  private final int port;
  private final Meeting meeting;
  // The thread's alone, until it has ended.
  private final Map<InetAddress, Mdns> listening = new HashMap<>();
  private final Thread looking;

  private Finding(Peering peering, Peers.Self self, int port, Meeting meeting) {
    this.peering = peering;
    this.self = self;
    this.port = port;
    this.meeting = meeting;
    this.looking = Thread.ofVirtual().name("peers-finding").unstarted(this::run);
  }

  /**
   * Begins.
   *
   * @param port where this device serves; 0 when it does not
   */
  static Finding start(Peering peering, Peers.Self self, int port, Meeting meeting) {
    Finding finding = new Finding(peering, self, port, meeting);
    finding.looking.start();
    return finding;
  }

  private void run() {
    try {
      while (true) {
        listed();
        if (peering.discovery() == Peering.Discovery.MDNS) announced();
        meeting.sleeper().sleep(EVERY);
      }
    } catch (InterruptedException e) {
      // Closed.
    } finally {
      listening.values().forEach(Mdns::close);
    }
  }

  private void listed() {
    for (PeerAddress listed : peering.list()) {
      try {
        for (InetAddress address : InetAddress.getAllByName(listed.host())) {
          sighted(new InetSocketAddress(address, listed.port()), "");
        }
      } catch (UnknownHostException e) {
        // Perhaps in a minute.
      }
    }
  }

  private void announced() throws InterruptedException {
    List<InetAddress> addresses = peering.bind().map(List::of).orElseGet(this::near);
    listening
        .entrySet()
        .removeIf(
            open -> {
              boolean gone = !addresses.contains(open.getKey());
              if (gone) open.getValue().close();
              return gone;
            });
    for (InetAddress address : addresses) {
      if (!listening.containsKey(address)) listen(address);
    }
    for (Mdns open : listening.values()) {
      open.look();
      if (Thread.interrupted()) throw new InterruptedException();
    }
  }

  private void listen(InetAddress at) {
    try {
      listening.put(
          at, Mdns.open(at, self.device().value(), self.site(), port, s -> sighted(s, at)));
    } catch (IOException e) {
      meeting.log().line("peers-not-announced", "at", at.getHostAddress(), "detail", e);
    }
  }

  private void sighted(Sighting sighting, InetAddress heardAt) {
    if (sighting.device().equals(self.device().value())) return;
    if (!sighting.site().equals(self.site())) return;
    for (InetAddress address : sighting.addresses()) {
      // A stranger's word shall not make the agent talk to this machine's own services.
      if (address.isLoopbackAddress() != heardAt.isLoopbackAddress()) continue;
      sighted(new InetSocketAddress(address, sighting.port()), sighting.device());
    }
  }

  private void sighted(InetSocketAddress address, String device) {
    boolean may = Network.any(peering.allow(), address.getAddress());
    if (may) meeting.neighbours().sighted(address, device);
  }

  // Modems are point-to-point: there are no neighbours behind them.
  private List<InetAddress> near() {
    List<InetAddress> near = new ArrayList<>();
    try {
      for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
        if (!network.isUp() || network.isLoopback() || network.isPointToPoint()) continue;
        if (!network.supportsMulticast()) continue;
        network
            .inetAddresses()
            .filter(a -> a.getAddress().length == 4 && Network.any(peering.allow(), a))
            .limit(1)
            .forEach(near::add);
      }
    } catch (SocketException e) {
      // As if there were none, for a minute.
    }
    return near.subList(0, Math.min(MAX_NETWORKS, near.size()));
  }

  @Override
  public void close() {
    looking.interrupt();
  }
}

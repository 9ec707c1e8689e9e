package dev.hatchery.agent.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceEvent;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;
import org.jspecify.annotations.Nullable;

/** Multicast DNS (RFC 6762) on one address: announces this device and hears of others. */
final class Mdns implements AutoCloseable {
  // Held here: the JDK forgets a logger's level when nobody holds the logger. The library tells of
  // every odd packet, and those are anybody's.
  private static final Logger LOGS = Logger.getLogger("javax.jmdns");

  static {
    LOGS.setLevel(Level.OFF);
  }

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final JmDNS mdns;
  private final Consumer<Sighting> sightings;

  private Mdns(JmDNS mdns, Consumer<Sighting> sightings) {
    this.mdns = mdns;
    this.sightings = sightings;
  }

  /**
   * Begins.
   *
   * @param port what is announced; 0 announces nothing
   */
  static Mdns open(
      InetAddress at, String device, String site, int port, Consumer<Sighting> sightings)
      throws IOException {
    JmDNS opened = JmDNS.create(at, "hatchery-" + device);
    Mdns mdns = new Mdns(opened, sightings);
    opened.addServiceListener(Sighting.TYPE, mdns.new Hearing());
    if (port != 0) {
      opened.registerService(
          ServiceInfo.create(
              Sighting.TYPE, device, port, 0, 0, Sighting.record(device, site, port)));
    }
    return mdns;
  }

  /** Tells again who is there; takes up to a second. */
  void look() {
    for (ServiceInfo info : mdns.list(Sighting.TYPE, LOOK.toMillis())) sighted(info);
  }

  private void sighted(@Nullable ServiceInfo info) {
    if (info == null) return;
    List<InetAddress> addresses = new ArrayList<>(List.of(info.getInet4Addresses()));
    addresses.addAll(List.of(info.getInet6Addresses()));
    Sighting.of(name -> text(info.getPropertyString(name)), addresses, info.getPort())
        .ifPresent(sightings);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private final class Hearing implements ServiceListener {
    @Override
    public void serviceAdded(ServiceEvent event) {
      mdns.requestServiceInfo(event.getType(), event.getName());
    }

    // Goodbyes are anybody's too; who is gone is forgotten by itself.
    @Override
    public void serviceRemoved(ServiceEvent event) {}

    @Override
    public void serviceResolved(ServiceEvent event) {
      sighted(event.getInfo());
    }
  }

  /** Says goodbye and ends, without being waited for: the library takes two seconds for it. */
  @Override
  public void close() {
    Thread.ofPlatform()
        .daemon()
        .name("mdns-end")
        .start(
            () -> {
              try {
                mdns.close();
              } catch (IOException e) {
                // It is not used any more either way.
              }
            });
  }
}

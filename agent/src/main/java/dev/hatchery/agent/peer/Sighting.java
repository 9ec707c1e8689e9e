package dev.hatchery.agent.peer;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a device announces of itself on the LAN ({@code _hatchery._tcp}, RFC 6763). Anybody may
 * announce anything: it says where to ask.
 *
 * @param site the label; empty when it has none
 */
record Sighting(String device, String site, List<InetAddress> addresses, int port) {
  static final String TYPE = "_hatchery._tcp.local.";
  private static final String DEVICE = "device";
  private static final String SITE = "site";
  private static final String PORT = "port";
  private static final int MAX_ADDRESSES = 4;

  /** What stands in this device's own record. */
  static Map<String, String> record(String device, String site, int port) {
    return Map.of(DEVICE, device, SITE, site, PORT, Integer.toString(port));
  }

  /**
   * Reads a record.
   *
   * @param txt its pairs, an absent one as null or empty
   * @param port as the SRV record says
   * @return empty when it is none of ours, or not whole yet
   */
  static Optional<Sighting> of(Txt txt, List<InetAddress> addresses, int port) {
    String device = txt.value(DEVICE);
    if (!names(device) || port < 1 || port > 65_535) return Optional.empty();
    if (!txt.value(PORT).equals(Integer.toString(port))) return Optional.empty();
    List<InetAddress> some = addresses.stream().limit(MAX_ADDRESSES).toList();
    if (some.isEmpty()) return Optional.empty();
    return Optional.of(new Sighting(device, txt.value(SITE), some, port));
  }

  /** The pairs of a TXT record. */
  @FunctionalInterface
  interface Txt {
    /** Empty when there is none of this name. */
    String value(String name);
  }

  private static boolean names(String device) {
    try {
      return !new DeviceId(device).value().isEmpty();
    } catch (Refusal anotherName) {
      return false;
    }
  }
}

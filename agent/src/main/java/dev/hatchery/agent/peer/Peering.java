package dev.hatchery.agent.peer;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * How this device lives with its neighbours; {@code peers:} in agent.yaml.
 *
 * @param port where it serves; 0 takes any that is free
 * @param bind the one address to serve on and to find neighbours by; all when absent
 * @param list neighbours that are known by address
 * @param upload bytes per second given to all neighbours together; none: it takes and gives nothing
 * @param allow who may ask, and who is asked
 */
public record Peering(
    boolean enabled,
    int port,
    Optional<InetAddress> bind,
    Discovery discovery,
    List<PeerAddress> list,
    DataSize upload,
    List<Network> allow) {
  public static final int DEFAULT_PORT = 8474;
  public static final DataSize DEFAULT_UPLOAD = DataSize.mib(2);
  private static final DataSize LEAST_UPLOAD = DataSize.kib(256);
  private static final int MAX_LIST = 64;

  /** As when agent.yaml says nothing: a device does not begin to listen by an update. */
  public static final Peering OFF = defaults(false);

  /** As when agent.yaml says {@code peers: {}}. */
  public static final Peering DEFAULT = defaults(true);

  /** How neighbours are found. */
  public enum Discovery {
    /** By multicast DNS, and those of the list. */
    MDNS,
    /** Those of the list. */
    LIST,
    /** Not at all: this device gives and does not ask. */
    OFF
  }

  public Peering {
    list = List.copyOf(list);
    allow = List.copyOf(allow);
    if (port < 0 || port > 65_535) {
      throw Refusal.of(Code.BAD_SPEC, "this is not a port").expected("0 to 65535").got(port);
    }
    if (list.size() > MAX_LIST || allow.size() > MAX_LIST) {
      throw Refusal.of(Code.BAD_SPEC, "too many peers are listed").expected("at most " + MAX_LIST);
    }
    if (upload.bytes() != 0 && upload.compareTo(LEAST_UPLOAD) < 0) {
      throw Refusal.of(Code.BAD_SPEC, "neighbours would give this device up as too slow")
          .expected("0 B, or " + LEAST_UPLOAD + " or more")
          .got(upload);
    }
    if (discovery == Discovery.LIST && list.isEmpty()) {
      throw Refusal.of(Code.BAD_SPEC, "there is no list of peers to find any by")
          .expected("list: [host:port]")
          .fix("list the neighbours, or say discovery: mdns");
    }
  }

  private static Peering defaults(boolean enabled) {
    return new Peering(
        enabled,
        DEFAULT_PORT,
        Optional.empty(),
        Discovery.MDNS,
        List.of(),
        DEFAULT_UPLOAD,
        Network.NEAR);
  }

  boolean serves() {
    return upload.bytes() > 0;
  }
}

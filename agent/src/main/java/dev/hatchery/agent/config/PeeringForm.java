package dev.hatchery.agent.config;

import dev.hatchery.agent.peer.Network;
import dev.hatchery.agent.peer.PeerAddress;
import dev.hatchery.agent.peer.Peering;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.net.InetAddress;
import java.util.List;

/** {@code peers:} in agent.yaml. */
final class PeeringForm {
  private PeeringForm() {}

  static Peering read(Node node) {
    Peering usual = Peering.DEFAULT;
    return Fields.read(
        node,
        f ->
            new Peering(
                f.bool("enabled", usual.enabled()),
                f.or("port", Fields::smallInteger, usual.port()),
                f.maybeParsed("bind", PeeringForm::address),
                f.or("discovery", Fields.constant(Peering.Discovery.class), usual.discovery()),
                f.list("list", Fields.parsing(PeerAddress::parse)),
                f.maybeParsed("upload", DataSize::parse).orElse(usual.upload()),
                f.or("allow", PeeringForm::allow, usual.allow())));
  }

  private static List<Network> allow(Node node) {
    return Fields.list(node, Fields.parsing(Network::parse));
  }

  // No names: looking them up takes a network, which comes after the agent.
  private static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(Code.BAD_SPEC, "this is not an address")
          .expected("one of this device's, for example 192.168.1.20")
          .got(text)
          .cause(e);
    }
  }
}

package dev.hatchery.server.devices;

import java.net.URI;
import java.util.List;

/**
 * Where devices find this server.
 *
 * @param caCertificates PEM; empty without TLS
 */
public record Invitation(URI server, List<String> caCertificates) {
  public Invitation {
    caCertificates = List.copyOf(caCertificates);
  }
}

package dev.hatchery.wire;

import dev.hatchery.core.Envelope;
import dev.hatchery.core.Secret;
import java.net.URI;
import java.util.List;

/**
 * All that a device needs to join: where the server is, whom to believe, and a token.
 *
 * @param caCertificates PEM; empty on loopback without TLS
 * @param trust the signed trust document, taken on the operator's word (first use)
 */
public record EnrolmentFile(URI server, List<String> caCertificates, Envelope trust, Secret token) {
  public EnrolmentFile {
    caCertificates = List.copyOf(caCertificates);
  }
}

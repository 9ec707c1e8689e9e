package dev.hatchery.core;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A DSSE 1.0 envelope: bytes, the type they claim, and signatures over both. Holding one says
 * nothing about whether it can be trusted.
 */
public record Envelope(String payloadType, Bytes payload, List<Signature> signatures) {
  public static final int MAX_SIGNATURES = 8;

  // Types separate domains: a signed report can never be taken for a desired state.
  public static final String DESIRED = "application/vnd.hatchery.desired+json";
  public static final String HEARTBEAT = "application/vnd.hatchery.heartbeat+json";
  public static final String REPORT = "application/vnd.hatchery.report+json";
  public static final String ENROL = "application/vnd.hatchery.enrol+json";
  public static final String TRUST = "application/vnd.hatchery.trust+json";
  public static final String POLICY = "application/vnd.hatchery.policy+json";

  /**
   * One signature.
   *
   * @param keyId the signer's key id in {@link Digest#toString()} form, or empty; a hint, never an
   *     identity
   */
  public record Signature(String keyId, Bytes value) {}

  public Envelope {
    signatures = List.copyOf(signatures);
    if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      throw Refusal.of(Code.BAD_INPUT, "this envelope has a wrong number of signatures")
          .expected("1 to " + MAX_SIGNATURES)
          .got(signatures.size());
    }
  }

  /**
   * What is signed (DSSE 1.0, PAE): {@code "DSSEv1" SP len(type) SP type SP len(payload) SP
   * payload}.
   */
  public static byte[] preAuthEncoding(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("DSSEv1 " + type.length + " " + payloadType + " " + payload.length + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[head.length + payload.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }
}

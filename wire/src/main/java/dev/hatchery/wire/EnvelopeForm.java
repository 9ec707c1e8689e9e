package dev.hatchery.wire;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Envelope;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** DSSE 1.0's JSON. */
final class EnvelopeForm {
  static final Codec<Envelope> CODEC =
      Codec.of(
          envelope ->
              Tree.object()
                  .put("payload", envelope.payload().base64())
                  .put("payloadType", envelope.payloadType())
                  .list("signatures", envelope.signatures(), true, EnvelopeForm::signature)
                  .done(),
          f ->
              new Envelope(
                  f.text("payloadType"),
                  f.parsed("payload", Bytes::base64),
                  f.get("signatures", node -> Fields.list(node, EnvelopeForm::signature))));

  private EnvelopeForm() {}

  private static Node signature(Envelope.Signature signature) {
    return Tree.object()
        .put("keyid", signature.keyId())
        .put("sig", signature.value().base64())
        .done();
  }

  private static Envelope.Signature signature(Node node) {
    return Fields.read(
        node, f -> new Envelope.Signature(f.text("keyid", ""), f.parsed("sig", Bytes::base64)));
  }
}

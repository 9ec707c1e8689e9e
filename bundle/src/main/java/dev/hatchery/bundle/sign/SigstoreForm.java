package dev.hatchery.bundle.sign;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.HexFormat;
import java.util.List;

/** The protobuf-JSON of a Sigstore bundle that holds a messageSignature. */
final class SigstoreForm {
  private static final List<String> MEDIA_TYPES =
      List.of(
          SigstoreBundle.MEDIA_TYPE,
          "application/vnd.dev.sigstore.bundle+json;version=0.3",
          "application/vnd.dev.sigstore.bundle+json;version=0.2",
          "application/vnd.dev.sigstore.bundle+json;version=0.1");
  private static final String SHA256 = "SHA2_256";

  private SigstoreForm() {}

  static Node write(SigstoreBundle bundle) {
    return Tree.object()
        .put("mediaType", SigstoreBundle.MEDIA_TYPE)
        .put(
            "verificationMaterial",
            Tree.object().put("publicKey", Tree.object().put("hint", bundle.hint()).done()).done())
        .put(
            "messageSignature",
            Tree.object()
                .put(
                    "messageDigest",
                    Tree.object()
                        .put("algorithm", SHA256)
                        .put("digest", Bytes.of(bundle.digest().bytes()).base64())
                        .done())
                .put("signature", bundle.signature().base64())
                .done())
        .done();
  }

  static SigstoreBundle read(Node node) {
    return Fields.read(node, SigstoreForm::bundle);
  }

  private static SigstoreBundle bundle(Fields f) {
    f.parsed("mediaType", SigstoreForm::mediaType);
    String hint =
        f.get("verificationMaterial", material -> Fields.read(material, SigstoreForm::hint));
    return f.get("messageSignature", signature -> Fields.read(signature, s -> signature(s, hint)));
  }

  private static SigstoreBundle signature(Fields f, String hint) {
    return new SigstoreBundle(
        hint,
        f.get("messageDigest", digest -> Fields.read(digest, SigstoreForm::digest)),
        f.parsed("signature", Bytes::base64));
  }

  private static Digest digest(Fields f) {
    String algorithm = f.text("algorithm");
    if (!algorithm.equals(SHA256)) {
      throw Refusal.of(Code.BAD_INPUT, "a signature over a digest that Hatchery does not use")
          .expected(SHA256)
          .got(algorithm);
    }
    return f.parsed(
        "digest", text -> new Digest(HexFormat.of().formatHex(Bytes.base64(text).toArray())));
  }

  // Log entries and timestamps are evidence that a key-based check does not need: they are let
  // through unread, and nothing is believed because of them.
  private static String hint(Fields f) {
    f.list("tlogEntries", node -> node);
    f.maybe("timestampVerificationData", node -> node);
    refuseCertificate(f, "certificate");
    refuseCertificate(f, "x509CertificateChain");
    return f.or("publicKey", node -> Fields.read(node, key -> key.text("hint", "")), "");
  }

  private static void refuseCertificate(Fields f, String name) {
    boolean empty =
        f.or(name, node -> node instanceof Node.Obj object && object.fields().isEmpty(), true);
    if (!empty) {
      throw Refusal.of(Code.BAD_INPUT, "a keyless signature is not read here")
          .expected("a signature made with a key")
          .got(name);
    }
  }

  private static String mediaType(String text) {
    if (MEDIA_TYPES.contains(text)) return text;
    throw Refusal.of(Code.BAD_INPUT, "this is not a Sigstore bundle that Hatchery reads")
        .expected("one of " + String.join(", ", MEDIA_TYPES))
        .got(text);
  }
}

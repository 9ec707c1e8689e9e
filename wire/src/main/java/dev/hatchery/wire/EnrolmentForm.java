package dev.hatchery.wire;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.net.URI;
import java.net.URISyntaxException;

/** How a device joins. */
final class EnrolmentForm {
  static final Codec<EnrolmentFile> FILE =
      Codec.of(
          file ->
              Tree.object()
                  .put("schema", "hatchery.enrolment/v1")
                  .put("server", file.server())
                  .list("caCertificates", file.caCertificates(), true, Tree::text)
                  .put("trust", Wire.ENVELOPE.write(file.trust()))
                  .put("token", file.token().reveal())
                  .done(),
          f -> {
            Schema.check(f, "hatchery.enrolment/v1");
            return new EnrolmentFile(
                f.parsed("server", EnrolmentForm::uri),
                f.list("caCertificates", Fields::text),
                f.get("trust", Wire.ENVELOPE::read),
                f.parsed("token", Secret::new));
          });

  static final Codec<EnrolRequest> REQUEST =
      Codec.of(
          request ->
              Tree.object()
                  .put("schema", "hatchery.enrol/v1")
                  .put("token", request.token().reveal())
                  .put("device", request.device())
                  .put("algorithm", Fields.word(request.key().algorithm()))
                  .put("spki", request.key().spki().base64())
                  .put("labels", Wire.LABELS.write(request.labels()))
                  .put("facts", Wire.FACTS.write(request.facts()))
                  .put("slots", Tree.map(request.slots(), Tree::text))
                  .done(),
          f -> {
            Schema.check(f, "hatchery.enrol/v1");
            return new EnrolRequest(
                f.parsed("token", Secret::new),
                f.parsed("device", DeviceId::new),
                new TrustedKey(
                    f.get("algorithm", Fields.constant(TrustedKey.Algorithm.class)),
                    f.parsed("spki", Bytes::base64)),
                f.or("labels", Wire.LABELS::read, Labels.NONE),
                f.get("facts", Wire.FACTS::read),
                f.map("slots", Name::new, Fields.parsing(Name::new)));
          });

  static final Codec<EnrolAnswer> ANSWER =
      Codec.of(
          answer -> Tree.object().put("device", answer.device()).put("now", answer.now()).done(),
          f ->
              new EnrolAnswer(f.parsed("device", DeviceId::new), f.parsed("now", Schema::instant)));

  static final Codec<TokenAnswer> TOKEN =
      Codec.of(
          answer ->
              Tree.object()
                  .put("accessToken", answer.accessToken().reveal())
                  .put("expiresIn", Wire.duration(answer.expiresIn()))
                  .done(),
          f ->
              new TokenAnswer(
                  f.parsed("accessToken", Secret::new), f.parsed("expiresIn", Durations::parse)));

  private EnrolmentForm() {}

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null) return uri;
    } catch (URISyntaxException e) {
      // told below, like an address of another kind
    }
    throw Refusal.of(Code.BAD_INPUT, "this is not a server's address")
        .expected("http(s)://host:port")
        .got(text);
  }
}

package dev.hatchery.wire;

import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** golden.json. */
final class GoldenForm {
  static final Codec<Golden> CODEC =
      Codec.of(
          golden ->
              Tree.object()
                  .put("schema", "hatchery.golden/v1")
                  .put("minAgreement", golden.minAgreement())
                  .list("samples", golden.samples(), true, GoldenForm::sample)
                  .done(),
          f -> {
            Schema.check(f, "hatchery.golden/v1");
            double minAgreement = f.get("minAgreement", Fields::real);
            return new Golden(f.list("samples", GoldenForm::sample), minAgreement);
          });

  private GoldenForm() {}

  private static Node sample(Golden.Sample sample) {
    return Tree.object()
        .put("request", sample.request())
        .put("expect", Tree.object().put("label", sample.label()).done())
        .done();
  }

  private static Golden.Sample sample(Node node) {
    return Fields.read(
        node,
        f ->
            new Golden.Sample(
                f.get("request", request -> request),
                f.get("expect", expect -> Fields.read(expect, e -> e.text("label")))));
  }
}

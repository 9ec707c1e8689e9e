package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** What a look ahead found. */
final class PreflightForm {
  static final Codec<PreflightView> PREFLIGHT =
      Codec.open(
          view ->
              Tree.object()
                  .put("release", view.release())
                  .put("devices", view.devices())
                  .put("go", view.go())
                  .list("passed", view.passed(), true, c -> Tree.text(Fields.word(c)))
                  .list("findings", view.findings(), true, PreflightForm::finding)
                  .done(),
          f ->
              new PreflightView(
                  f.parsed("release", ReleaseId::parse),
                  f.get("devices", Fields::smallInteger),
                  f.list("findings", PreflightForm::finding)));

  private PreflightForm() {}

  private static Node finding(PreflightView.Finding finding) {
    return Tree.object()
        .put("check", Fields.word(finding.check()))
        .put("stops", finding.stops())
        .put("what", finding.what())
        .put("fix", finding.fix())
        .put("devices", finding.devices())
        .list("examples", finding.examples(), true, Tree::text)
        .done();
  }

  private static PreflightView.Finding finding(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new PreflightView.Finding(
                f.get("check", Fields.constant(PreflightView.Check.class)),
                f.bool("stops", true),
                f.text("what"),
                f.text("fix"),
                f.get("devices", Fields::smallInteger),
                f.list("examples", Fields.parsing(DeviceId::new))));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** What operators say of devices and sites. */
final class LabelForm {
  static final Codec<LabelsImported> IMPORTED =
      Codec.open(
          view ->
              Tree.object()
                  .put("dryRun", view.dryRun())
                  .put("rows", view.rows())
                  .put("devices", view.devices())
                  .put("set", view.set())
                  .put("removed", view.removed())
                  .list("newKeys", view.newKeys(), true, Tree::text)
                  .list("first", view.first(), true, LabelForm::change)
                  .done(),
          f ->
              new LabelsImported(
                  f.bool("dryRun", false),
                  f.integer("rows"),
                  f.integer("devices"),
                  f.integer("set"),
                  f.integer("removed"),
                  f.list("newKeys", Fields::text),
                  f.list("first", LabelForm::change)));

  static final Codec<SiteRequest> SITE_REQUEST =
      Codec.of(
          request -> Tree.object().put("site", request.site()).maybe("zone", request.zone()).done(),
          f -> new SiteRequest(f.text("site"), f.maybeParsed("zone", Labels::zoneOf)));

  static final Codec<SiteView> SITE =
      Codec.open(
          view -> Tree.object().put("site", view.site()).maybe("zone", view.zone()).done(),
          f -> new SiteView(f.text("site"), f.maybeParsed("zone", Labels::zoneOf)));

  private LabelForm() {}

  private static Node change(LabelsImported.Change change) {
    return Tree.object()
        .put("device", change.device())
        .put("line", change.line())
        .put("label", change.label())
        .maybe("from", change.from())
        .maybe("to", change.to())
        .done();
  }

  private static LabelsImported.Change change(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new LabelsImported.Change(
                f.parsed("device", DeviceId::new),
                f.get("line", Fields::smallInteger),
                f.text("label"),
                f.maybe("from", Fields::text),
                f.maybe("to", Fields::text)));
  }
}

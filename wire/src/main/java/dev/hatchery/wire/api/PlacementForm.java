package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** Rollbacks of devices by hand, and pins to a release. */
final class PlacementForm {
  static final Codec<PlacementRequest> REQUEST =
      Codec.of(request -> tree(request).done(), PlacementForm::request);

  static final Codec<PlacementView> VIEW =
      Codec.open(
          view ->
              tree(view.request())
                  .maybe("id", view.id().map(Tree::integer))
                  .put("by", view.by())
                  .put("at", view.at())
                  .maybe("letGo", view.letGo().map(PlacementForm::letGo))
                  .list("devices", view.devices(), true, PlacementForm::placed)
                  .list("left", view.left(), false, PlacementForm::left)
                  .done(),
          f ->
              new PlacementView(
                  f.maybe("id", Fields::integer),
                  request(f),
                  f.text("by"),
                  Words.at(f, "at"),
                  f.maybe("letGo", PlacementForm::letGo),
                  f.list("devices", PlacementForm::placed),
                  f.list("left", PlacementForm::left)));

  private PlacementForm() {}

  private static Tree tree(PlacementRequest r) {
    return Tree.object()
        .put("kind", Fields.word(r.kind()))
        .put("slot", r.slot())
        .maybe("device", r.device())
        .maybe("selector", r.selector())
        .maybe("release", r.release())
        .put("reason", r.reason());
  }

  private static PlacementRequest request(Fields f) {
    return new PlacementRequest(
        f.get("kind", Fields.constant(PlacementRequest.Kind.class)),
        f.parsed("slot", Name::new),
        f.maybeParsed("device", DeviceId::new),
        f.maybeParsed("selector", Selector::parse),
        f.maybeParsed("release", ReleaseId::parse),
        f.text("reason"));
  }

  private static Node letGo(PlacementView.LetGo end) {
    return Tree.object().put("by", end.by()).put("at", end.at()).put("reason", end.reason()).done();
  }

  private static PlacementView.LetGo letGo(Node node) {
    return Fields.readOpen(
        node, f -> new PlacementView.LetGo(f.text("by"), Words.at(f, "at"), f.text("reason")));
  }

  private static Node placed(PlacementView.Placed p) {
    return Tree.object()
        .put("device", p.device())
        .maybe("from", p.from())
        .put("to", p.to())
        .put("state", Fields.word(p.state()))
        .put("since", p.since())
        .put("detail", p.detail())
        .done();
  }

  private static PlacementView.Placed placed(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new PlacementView.Placed(
                f.parsed("device", DeviceId::new),
                f.maybeParsed("from", ReleaseId::parse),
                f.parsed("to", ReleaseId::parse),
                f.get("state", Fields.constant(PlacementView.State.class)),
                Words.at(f, "since"),
                f.text("detail", "")));
  }

  private static Node left(PlacementView.Left l) {
    return Tree.object().put("device", l.device()).put("why", l.why()).done();
  }

  private static PlacementView.Left left(Node node) {
    return Fields.readOpen(
        node, f -> new PlacementView.Left(f.parsed("device", DeviceId::new), f.text("why")));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Misfit;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** How a release fits a fleet. */
final class FitForm {
  static final Codec<FleetFit> FIT =
      Codec.open(
          fit ->
              Tree.object()
                  .put("devices", fit.devices())
                  .put("unfit", fit.unfit())
                  .put("unknown", fit.unknown())
                  .list("groups", fit.groups(), true, FitForm::group)
                  .done(),
          f ->
              new FleetFit(
                  f.get("devices", Fields::smallInteger),
                  f.get("unfit", Fields::smallInteger),
                  f.get("unknown", Fields::smallInteger),
                  f.list("groups", FitForm::group)));

  private FitForm() {}

  private static Node group(FleetFit.Group group) {
    Tree tree =
        Tree.object().put("fact", group.misfit().fact()).put("wanted", group.misfit().wanted());
    if (!group.misfit().unknown()) tree.put("got", group.misfit().got());
    return tree.put("devices", group.devices())
        .list("examples", group.examples(), true, Tree::text)
        .done();
  }

  private static FleetFit.Group group(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new FleetFit.Group(
                new Misfit(f.text("fact"), f.text("wanted"), f.text("got", "")),
                f.get("devices", Fields::smallInteger),
                f.list("examples", Fields.parsing(DeviceId::new))));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Experiment;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** Whom a rollout holds back. */
final class ControlViewForm {
  static final Codec<ControlView> CONTROL =
      Codec.open(
          view ->
              Tree.object()
                  .list("devices", view.devices(), true, Tree::text)
                  .maybe("keep", view.keep().map(Durations::format))
                  .maybe("experiment", view.experiment().map(ControlViewForm::experiment))
                  .maybe("since", view.since())
                  .maybe("nextLook", view.nextLook())
                  .put("looks", view.looks())
                  .list("soFar", view.soFar(), false, ControlViewForm::found)
                  .done(),
          f ->
              new ControlView(
                  f.list("devices", Fields.parsing(DeviceId::new)),
                  f.maybeParsed("keep", Durations::parse),
                  f.maybe("experiment", ControlViewForm::experiment),
                  Words.maybeAt(f, "since"),
                  Words.maybeAt(f, "nextLook"),
                  f.get("looks", Fields::smallInteger),
                  f.list("soFar", ControlViewForm::found)));

  private ControlViewForm() {}

  private static Node experiment(Experiment experiment) {
    return Tree.object()
        .put("for", Durations.format(experiment.length()))
        .put("then", Fields.word(experiment.then()))
        .done();
  }

  private static Experiment experiment(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new Experiment(
                f.parsed("for", Durations::parse),
                f.get("then", Fields.constant(Experiment.Then.class))));
  }

  private static Node found(ControlView.Found found) {
    return Tree.object().put("metric", found.metric()).put("reason", found.reason()).done();
  }

  private static ControlView.Found found(Node node) {
    return Fields.readOpen(node, f -> new ControlView.Found(f.text("metric"), f.text("reason")));
  }
}

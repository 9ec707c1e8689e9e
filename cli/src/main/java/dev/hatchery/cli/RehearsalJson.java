package dev.hatchery.cli;

import dev.hatchery.lab.rehearsal.Outlook;
import dev.hatchery.wire.api.RehearsalView;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** What a rehearsal came to, for programs. Times are minutes, figures medians. */
final class RehearsalJson {
  private RehearsalJson() {}

  static Node of(RehearsalView view, Outlook outlook, long seed) {
    return Tree.object()
        .put("release", view.release())
        .put("rollout", view.rollout())
        .put("seed", seed)
        .put("devices", outlook.devices())
        .put("refused", view.refused())
        .put("completes", outlook.completes())
        .put("good", good(outlook.good()))
        .list("stages", outlook.stages(), true, RehearsalJson::stage)
        .list("faults", outlook.faults(), true, RehearsalJson::fault)
        .list("advice", outlook.advice(), true, Tree::text)
        .done();
  }

  private static Node good(Outlook.Good good) {
    return Tree.object()
        .put("runs", good.runs())
        .put("completed", good.completed())
        .put("aborted", good.aborted())
        .put("heldToDeadline", good.held())
        .put("medianMinutes", good.minutes())
        .put("p90Minutes", good.minutes90())
        .put("bytes", good.bytes())
        .put("meteredBytes", good.metered())
        .put("without", good.without())
        .put("away", good.away())
        .put("asleep", good.asleep())
        .put("barred", good.barred())
        .put("waiting", good.waiting())
        .put("failed", good.failed())
        .done();
  }

  private static Node stage(Outlook.Stage stage) {
    return Tree.object()
        .put("stage", stage.name())
        .put("devices", stage.devices())
        .put("passed", stage.passed())
        .put("medianMinutes", stage.minutes())
        .put("p90Minutes", stage.minutes90())
        .put("missedDeadline", stage.missed())
        .put("keptBy", stage.gate())
        .put("why", stage.why())
        .done();
  }

  private static Node fault(Outlook.Fault fault) {
    return Tree.object()
        .put("hypothesis", fault.hypothesis().label())
        .put("runs", fault.runs())
        .list("stoppedByStage", fault.stoppedBy(), true, n -> Tree.integer(n))
        .put("heldToDeadline", fault.held())
        .put("completed", fault.completed())
        .put("medianMinutes", fault.minutes())
        .put("medianDevices", fault.devices())
        .put("maxDevices", fault.mostDevices())
        .put("mostlyBy", fault.gate())
        .done();
  }
}

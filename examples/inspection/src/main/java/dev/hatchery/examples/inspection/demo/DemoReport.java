package dev.hatchery.examples.inspection.demo;

import dev.hatchery.core.Traffic;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.List;
import java.util.Optional;

/** What the demo measured; {@code --report} writes it as JSON. */
record DemoReport(int devices, List<RolloutFigures> rollouts, List<Event> events) {
  DemoReport {
    rollouts = List.copyOf(rollouts);
    events = List.copyOf(events);
  }

  /**
   * What people did in between.
   *
   * @param event {@code hold}, {@code approval} or {@code undo}
   * @param seconds how long a hold lasted, an approval was waited for, an undo took until the
   *     devices had proved it
   */
  record Event(String rollout, String event, double seconds) {
    Node node() {
      return Tree.object()
          .put("rollout", rollout)
          .put("event", event)
          .put("seconds", rounded(seconds))
          .done();
    }
  }

  /**
   * One rollout's figures.
   *
   * @param traffic by source; {@code bytesDownloaded} is its total
   * @param fullCost what whole files would have cost the devices that have the release
   * @param failure only when it was rolled back
   */
  record RolloutFigures(
      String release,
      String outcome,
      Traffic traffic,
      long fullCost,
      double seconds,
      Optional<Failure> failure) {
    Node node() {
      Tree tree =
          Tree.object()
              .put("release", release)
              .put("outcome", outcome)
              .put("bytesDownloaded", traffic.total())
              .put("bytesAsDeltas", traffic.delta())
              .put("bytesFromPeers", traffic.peer())
              .put("bytesForWholeFiles", fullCost)
              .put("seconds", rounded(seconds));
      failure.ifPresent(
          f ->
              tree.put("gate", f.gate)
                  .put("devicesTouched", f.devicesTouched)
                  .put("secondsToAbort", rounded(f.secondsToAbort))
                  .put("secondsToRollBack", rounded(f.secondsToRollBack))
                  .put("bytesForRollback", f.bytesForRollback));
      return tree.done();
    }
  }

  /**
   * How a bad release was stopped.
   *
   * @param secondsToAbort from the first bad sample on a device to the abort
   * @param secondsToRollBack from the abort until the last device had proved to be back
   */
  record Failure(
      String gate,
      int devicesTouched,
      double secondsToAbort,
      double secondsToRollBack,
      long bytesForRollback) {}

  Node node() {
    return Tree.object()
        .put("devices", devices)
        .list("rollouts", rollouts, true, RolloutFigures::node)
        .list("events", events, true, Event::node)
        .done();
  }

  private static double rounded(double seconds) {
    return Math.round(seconds * 10) / 10.0;
  }
}

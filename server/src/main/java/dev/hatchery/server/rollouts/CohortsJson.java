package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Cohorts;
import dev.hatchery.rollout.Coverage;
import dev.hatchery.rollout.Likeness;
import dev.hatchery.rollout.Replacement;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Who is in which stage, as it is stored among the fields of the plan. */
final class CohortsJson {
  private CohortsJson() {}

  static void write(Cohorts cohorts, Tree tree) {
    tree.list("fleet", cohorts.fleet(), true, Tree::text)
        .list("sizes", cohorts.sizes(), true, n -> Tree.integer(n))
        .maybe("coverage", cohorts.coverage().map(CohortsJson::coverage))
        .list("control", cohorts.control(), false, Tree::text)
        .list("kinds", cohorts.likeness().kinds(), false, Tree::text)
        .list("kindOf", cohorts.likeness().places(), false, n -> Tree.integer(n))
        .list("replaced", cohorts.replaced(), false, CohortsJson::replacement);
    cohorts.seed().ifPresent(seed -> tree.put("seed", seed));
  }

  static Cohorts read(Fields f, RolloutSpec spec) {
    List<DeviceId> fleet = f.list("fleet", Fields.parsing(DeviceId::new));
    return new Cohorts(
        f.maybe("seed", Fields::integer).map(OptionalLong::of).orElse(OptionalLong.empty()),
        fleet,
        f.maybe("sizes", node -> Fields.list(node, Fields::smallInteger))
            .orElseGet(() -> sizes(spec, fleet.size())),
        f.maybe("coverage", CohortsJson::coverage),
        f.list("control", Fields.parsing(DeviceId::new)),
        new Likeness(f.list("kinds", Fields::text), f.list("kindOf", Fields::smallInteger)),
        f.list("replaced", CohortsJson::replacement));
  }

  // Plans from before there were strata say no sizes, and have no stages by selector.
  private static List<Integer> sizes(RolloutSpec spec, int fleet) {
    List<Integer> sizes = new ArrayList<>();
    int before = 0;
    for (RolloutSpec.Stage stage : spec.stages()) {
      if (stage.extent() instanceof RolloutSpec.Size size) {
        before = Math.max(before, size.of(fleet));
      }
      sizes.add(before);
    }
    return sizes;
  }

  private static Node coverage(Coverage coverage) {
    return Tree.object()
        .put("stage", coverage.stage())
        .put("devices", coverage.devices())
        .put("drawn", coverage.drawn())
        .put("from", coverage.from())
        .list("strata", coverage.strata(), true, CohortsJson::stratum)
        .done();
  }

  private static Coverage coverage(Node node) {
    return Fields.read(
        node,
        f ->
            new Coverage(
                f.parsed("stage", Name::new),
                f.get("devices", Fields::smallInteger),
                f.get("drawn", Fields::smallInteger),
                f.get("from", Fields::smallInteger),
                f.list("strata", CohortsJson::stratum)));
  }

  private static Node replacement(Replacement replacement) {
    return Tree.object()
        .put("stage", replacement.stage())
        .put("sleeper", replacement.sleeper())
        .put("until", replacement.until())
        .put("instead", replacement.instead())
        .put("like", replacement.like())
        .done();
  }

  private static Replacement replacement(Node node) {
    return Fields.read(
        node,
        f ->
            new Replacement(
                f.parsed("stage", Name::new),
                f.parsed("sleeper", DeviceId::new),
                f.text("until"),
                f.parsed("instead", DeviceId::new),
                f.text("like")));
  }

  private static Node stratum(Coverage.Stratum stratum) {
    return Tree.object()
        .put("dimension", stratum.dimension())
        .put("value", stratum.value())
        .put("devices", stratum.devices())
        .put("sampled", stratum.sampled())
        .done();
  }

  private static Coverage.Stratum stratum(Node node) {
    return Fields.read(
        node,
        f ->
            new Coverage.Stratum(
                f.text("dimension"),
                f.text("value"),
                f.get("devices", Fields::smallInteger),
                f.get("sampled", Fields::smallInteger)));
  }
}

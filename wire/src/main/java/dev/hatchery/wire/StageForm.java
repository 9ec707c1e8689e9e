package dev.hatchery.wire;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Extent;
import dev.hatchery.core.RolloutSpec.Overrides;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Size;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A stage of a rollout. */
final class StageForm {
  private StageForm() {}

  static Node write(Stage stage) {
    Tree tree = Tree.object().put("name", stage.name());
    switch (stage.extent()) {
      case Count count -> tree.put("count", count.devices());
      case Percent percent -> tree.put("percent", percent.percent());
      case Taken taken -> tree.put("selector", taken.selector());
    }
    tree.put("soak", Wire.duration(stage.soak()));
    if (stage.shadow()) tree.put("shadow", true);
    Overrides overrides = stage.overrides();
    overrides.minRequests().ifPresent(least -> tree.put("minRequests", least));
    overrides.minReporting().ifPresent(least -> tree.put("minReporting", size(least)));
    return tree.maybe("deadline", overrides.deadline().map(Wire::duration))
        .maybe("approval", stage.approval().map(ApprovalForm::write))
        .done();
  }

  /**
   * Reads a stage.
   *
   * @param approval what it needs when it says nothing of it
   */
  static Stage read(Node node, Optional<Approval> approval) {
    return Fields.read(
        node,
        f -> {
          Extent extent = extent(f);
          return new Stage(
              f.parsed("name", Name::new),
              extent,
              f.maybeParsed("soak", Durations::parse).orElse(Timing.DEFAULT_SOAK),
              overrides(f),
              f.or("approval", ApprovalForm::read, approval),
              f.bool("shadow", false));
        });
  }

  private static Overrides overrides(Fields f) {
    return new Overrides(
        f.maybe("minRequests", Fields::integer).map(OptionalLong::of).orElse(OptionalLong.empty()),
        f.maybe("minReporting", StageForm::size),
        f.maybeParsed("deadline", Durations::parse));
  }

  // 4 devices, or 80% of them.
  private static Size size(Node node) {
    return node instanceof Node.Int
        ? new Count(Fields.smallInteger(node))
        : new Percent(Shares.read(node) * 100);
  }

  private static Node size(Size size) {
    return switch (size) {
      case Count count -> Tree.integer(count.devices());
      case Percent percent -> Tree.text(Shares.text(percent.percent() / 100));
    };
  }

  private static Extent extent(Fields f) {
    List<Extent> said = new ArrayList<>();
    List<String> names = new ArrayList<>();
    f.maybe("count", Fields::smallInteger).map(Count::new).ifPresent(said::add);
    f.maybe("percent", Shares::percent).map(Percent::new).ifPresent(said::add);
    f.maybe("selector", Fields.parsing(text -> new Taken(Selector.parse(text))))
        .ifPresent(said::add);
    for (String name : List.of("count", "percent", "selector")) if (f.has(name)) names.add(name);
    if (said.size() == 1) return said.getFirst();
    throw Refusal.of(Code.BAD_SPEC, "a stage needs to know how large it is")
        .expected("one of count, percent and selector")
        .got(names.isEmpty() ? "neither" : String.join(" and ", names));
  }
}

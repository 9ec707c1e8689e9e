package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Extent;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.ArrayList;
import java.util.List;

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
    return tree.put("soak", Wire.duration(stage.soak())).done();
  }

  static Stage read(Node node) {
    return Fields.read(
        node,
        f -> {
          Extent extent = extent(f);
          return new Stage(
              f.parsed("name", Name::new),
              extent,
              f.maybeParsed("soak", Durations::parse).orElse(Timing.DEFAULT_SOAK));
        });
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

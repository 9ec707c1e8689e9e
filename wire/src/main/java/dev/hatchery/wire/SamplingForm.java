package dev.hatchery.wire;

import dev.hatchery.core.Sampling;
import dev.hatchery.core.Sampling.WorstFirst;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.Optional;
import java.util.OptionalLong;

/** How cohorts are drawn. */
final class SamplingForm {
  static final Codec<Sampling> CODEC = Codec.of(SamplingForm::write, SamplingForm::read);

  private SamplingForm() {}

  static Optional<Node> unlessDefault(Sampling sampling) {
    return sampling.equals(Sampling.DEFAULT)
        ? Optional.empty()
        : Optional.of(CODEC.write(sampling));
  }

  private static Node write(Sampling sampling) {
    Tree tree = Tree.object();
    sampling.seed().ifPresent(seed -> tree.put("seed", seed));
    sampling.strata().ifPresent(names -> tree.put("strata", Tree.list(names, Tree::text)));
    return tree.maybe("worstFirst", sampling.worstFirst().map(SamplingForm::worstFirst)).done();
  }

  private static Sampling read(Fields f) {
    return new Sampling(
        f.maybe("seed", Fields::integer).map(OptionalLong::of).orElse(OptionalLong.empty()),
        f.maybe("strata", node -> Fields.list(node, Fields::text)),
        f.maybe("worstFirst", node -> Fields.read(node, SamplingForm::worstFirst)));
  }

  private static Node worstFirst(WorstFirst worst) {
    return Tree.object()
        .put("label", worst.label())
        .list("order", worst.order(), true, Tree::text)
        .done();
  }

  private static WorstFirst worstFirst(Fields f) {
    return new WorstFirst(f.text("label"), f.list("order", Fields::text));
  }
}

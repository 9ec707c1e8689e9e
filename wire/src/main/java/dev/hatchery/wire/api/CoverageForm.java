package dev.hatchery.wire.api;

import dev.hatchery.core.Name;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** What canaries can show. */
final class CoverageForm {
  static final Codec<CoverageView> COVERAGE =
      Codec.open(
          view ->
              Tree.object()
                  .put("stage", view.stage())
                  .put("devices", view.devices())
                  .put("drawn", view.drawn())
                  .put("from", view.from())
                  .put("missChance", view.missChance())
                  .put("missed", view.missed())
                  .list("strata", view.strata(), true, CoverageForm::stratum)
                  .list("replaced", view.replaced(), false, Tree::text)
                  .done(),
          f ->
              new CoverageView(
                  f.parsed("stage", Name::new),
                  f.get("devices", Fields::smallInteger),
                  f.get("drawn", Fields::smallInteger),
                  f.get("from", Fields::smallInteger),
                  f.get("missChance", Fields::real),
                  f.text("missed"),
                  f.list("strata", CoverageForm::stratum),
                  f.list("replaced", Fields::text)));

  private CoverageForm() {}

  private static Node stratum(CoverageView.Stratum stratum) {
    return Tree.object()
        .put("dimension", stratum.dimension())
        .put("value", stratum.value())
        .put("devices", stratum.devices())
        .put("sampled", stratum.sampled())
        .done();
  }

  private static CoverageView.Stratum stratum(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new CoverageView.Stratum(
                f.text("dimension"),
                f.text("value"),
                f.get("devices", Fields::smallInteger),
                f.get("sampled", Fields::smallInteger)));
  }
}

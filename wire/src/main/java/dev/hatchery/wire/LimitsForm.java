package dev.hatchery.wire;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Limits;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.OptionalInt;

/** limits.yaml, and the same as JSON in the operator API. */
final class LimitsForm {
  static final Codec<Limits> CODEC =
      Codec.of(
          limits ->
              Tree.object()
                  .put("server", server(limits.server()))
                  .put("sites", Tree.map(limits.sites(), LimitsForm::site))
                  .put("otherSites", site(limits.otherSites()))
                  .maybe("deviceRate", limits.deviceRate())
                  .done(),
          f ->
              new Limits(
                  f.or("server", LimitsForm::server, Limits.Server.NONE),
                  f.map("sites", name -> name, LimitsForm::site),
                  f.or("otherSites", LimitsForm::site, Limits.Site.NONE),
                  f.maybeParsed("deviceRate", DataSize::parse)));

  private LimitsForm() {}

  private static Node server(Limits.Server server) {
    return downloads(Tree.object(), server.concurrentDownloads())
        .maybe("rate", server.rate())
        .done();
  }

  private static Limits.Server server(Node node) {
    return Fields.read(
        node, f -> new Limits.Server(downloads(f), f.maybeParsed("rate", DataSize::parse)));
  }

  private static Node site(Limits.Site site) {
    return downloads(Tree.object(), site.concurrentDownloads())
        .maybe("rate", site.rate())
        .maybe("dailyBudget", site.dailyBudget())
        .maybe("monthlyCap", site.monthlyCap())
        .put("firstDayOfBillingMonth", site.firstDayOfBillingMonth())
        .done();
  }

  private static Limits.Site site(Node node) {
    return Fields.read(
        node,
        f ->
            new Limits.Site(
                downloads(f),
                f.maybeParsed("rate", DataSize::parse),
                f.maybeParsed("dailyBudget", DataSize::parse),
                f.maybeParsed("monthlyCap", DataSize::parse),
                f.or(
                    "firstDayOfBillingMonth",
                    Fields::smallInteger,
                    Limits.Site.NONE.firstDayOfBillingMonth())));
  }

  private static Tree downloads(Tree tree, OptionalInt downloads) {
    downloads.ifPresent(n -> tree.put("concurrentDownloads", n));
    return tree;
  }

  private static OptionalInt downloads(Fields f) {
    return f.maybe("concurrentDownloads", Fields::smallInteger)
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }
}

package dev.hatchery.wire;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.util.Optional;

/** How bytes may come, and which have. */
final class DeliveryForm {
  /** Part of an order and of rollout.yaml; both leave the default out. */
  static final Codec<Delivery> DELIVERY =
      Codec.of(
          delivery ->
              Tree.object()
                  .put("deltas", Fields.word(delivery.deltas()))
                  .put("peers", delivery.peers())
                  .put("unmeteredOnly", delivery.unmeteredOnly())
                  .maybe("rate", delivery.rate())
                  .maybe("stageFrom", delivery.stageFrom())
                  .maybe("activateFrom", delivery.activateFrom())
                  .maybe("window", delivery.stageWindow())
                  .maybe("activateWindow", delivery.activateWindow())
                  .done(),
          f ->
              new Delivery(
                  f.or(
                      "deltas",
                      Fields.constant(Delivery.DeltaUse.class),
                      Delivery.DEFAULT.deltas()),
                  f.bool("peers", Delivery.DEFAULT.peers()),
                  f.bool("unmeteredOnly", Delivery.DEFAULT.unmeteredOnly()),
                  f.maybeParsed("rate", DataSize::parse),
                  f.maybeParsed("stageFrom", Schema::instant),
                  f.maybeParsed("activateFrom", Schema::instant),
                  f.maybeParsed("window", DailyWindow::parse),
                  f.maybeParsed("activateWindow", DailyWindow::parse)));

  /** May learn of another source. */
  static final Codec<Traffic> TRAFFIC =
      Codec.open(
          traffic ->
              Tree.object()
                  .put("full", traffic.full())
                  .put("delta", traffic.delta())
                  .put("peer", traffic.peer())
                  .put("resumed", traffic.resumed())
                  .done(),
          f ->
              new Traffic(
                  f.integer("full", 0),
                  f.integer("delta", 0),
                  f.integer("peer", 0),
                  f.integer("resumed", 0)));

  static final Codec<WireCount> WIRE_COUNT =
      Codec.of(
          count -> Tree.object().put("sent", count.sent()).put("received", count.received()).done(),
          f -> new WireCount(f.integer("sent"), f.integer("received")));

  private DeliveryForm() {}

  static Optional<Delivery> unlessDefault(Delivery delivery) {
    return Optional.of(delivery).filter(d -> !d.equals(Delivery.DEFAULT));
  }

  /**
   * An object's bytes by source. Before there were sources there was one number; who reads that
   * alone goes on, and what was written then counts as fetched whole.
   */
  static Traffic traffic(Fields f) {
    boolean oneNumber = f.has("bytesDownloaded") && !f.has("traffic");
    return oneNumber
        ? Traffic.of(Traffic.Source.FULL, f.integer("bytesDownloaded"))
        : f.get("traffic", TRAFFIC::read);
  }

  static Tree put(Tree tree, Traffic traffic) {
    return tree.put("bytesDownloaded", traffic.total()).put("traffic", TRAFFIC.write(traffic));
  }
}

package dev.hatchery.wire;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Durations;
import dev.hatchery.core.FitRule.UnknownFacts;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.Optional;

/** What the director signs. */
final class DesiredForm {
  static final Codec<DesiredState> DESIRED =
      Codec.of(
          desired ->
              Tree.object()
                  .put("schema", "hatchery.desired/v1")
                  .put("device", desired.device())
                  .put("keyset", desired.keyset())
                  .put("counter", desired.counter())
                  .put("issuedAt", desired.issuedAt())
                  .put("expires", desired.expires())
                  .put("policyVersion", desired.policyVersion())
                  .put("slots", Tree.map(desired.slots(), DesiredForm::order))
                  .done(),
          f -> {
            Schema.check(f, "hatchery.desired/v1");
            return new DesiredState(
                f.parsed("device", DeviceId::new),
                f.integer("keyset"),
                f.integer("counter"),
                f.parsed("issuedAt", Schema::instant),
                f.parsed("expires", Schema::instant),
                f.integer("policyVersion"),
                f.map("slots", Name::new, DesiredForm::order));
          });

  static final Codec<Heartbeat> HEARTBEAT =
      Codec.of(
          heartbeat ->
              Tree.object()
                  .put("nonce", heartbeat.nonce())
                  .put("now", heartbeat.now())
                  .put("keyset", heartbeat.keyset())
                  .put("counter", heartbeat.counter())
                  .done(),
          f ->
              new Heartbeat(
                  f.text("nonce"),
                  f.parsed("now", Schema::instant),
                  f.integer("keyset"),
                  f.integer("counter")));

  /** Shared with rollout.yaml. */
  static final Codec<Order.Trial> TRIAL =
      Codec.of(
          trial ->
              Tree.object()
                  .put("readyWithin", Wire.duration(trial.readyWithin()))
                  .put("minHealthy", Wire.duration(trial.minHealthy()))
                  .put("maxStarts", trial.maxStarts())
                  .done(),
          f ->
              new Order.Trial(
                  f.maybeParsed("readyWithin", Durations::parse)
                      .orElse(Order.Trial.DEFAULT.readyWithin()),
                  f.maybeParsed("minHealthy", Durations::parse)
                      .orElse(Order.Trial.DEFAULT.minHealthy()),
                  f.or("maxStarts", Fields::smallInteger, Order.Trial.DEFAULT.maxStarts())));

  /** One slot's order by itself, as a device remembers it. */
  static final Codec<Order> ORDER = new Codec<>(DesiredForm::order, DesiredForm::order);

  private DesiredForm() {}

  private static Node order(Order order) {
    return Tree.object()
        .put("commandId", order.commandId())
        .put("release", order.release())
        .put("manifest", order.manifest())
        .put("manifestSize", order.manifestSize())
        .list("signatures", order.signatures(), true, Tree::text)
        .put("reason", Fields.word(order.reason()))
        .put("trial", TRIAL.write(order.trial()))
        .put("window", Wire.duration(order.window()))
        .put("warmUp", Wire.duration(order.warmUp()))
        .maybe(
            "delivery",
            DeliveryForm.unlessDefault(order.delivery()).map(DeliveryForm.DELIVERY::write))
        .maybe(
            "unknownFacts",
            order.unknownFacts() == UnknownFacts.HOLD
                ? Optional.empty()
                : Optional.of(Fields.word(order.unknownFacts())))
        .maybe("why", order.why())
        .done();
  }

  private static Order order(Node node) {
    return Fields.read(
        node,
        f ->
            new Order(
                f.text("commandId"),
                f.parsed("release", ReleaseId::parse),
                f.parsed("manifest", Digest::parse),
                f.integer("manifestSize"),
                f.list("signatures", Fields.parsing(Digest::parse)),
                f.get("reason", Fields.constant(Order.Reason.class)),
                f.get("trial", TRIAL::read),
                f.parsed("window", Durations::parse),
                f.parsed("warmUp", Durations::parse),
                f.or("delivery", DeliveryForm.DELIVERY::read, Delivery.DEFAULT),
                f.or("unknownFacts", Fields.constant(UnknownFacts.class), UnknownFacts.HOLD),
                f.maybe("why", Fields::text)));
  }
}

package dev.hatchery.wire;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Durations;
import dev.hatchery.core.FitRule;
import dev.hatchery.core.FitRule.Incompatible;
import dev.hatchery.core.FitRule.UnknownFacts;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Priority;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Lane;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.core.Sampling;
import dev.hatchery.core.Selector;
import dev.hatchery.core.Sleeping;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.Duration;
import java.util.Optional;

/** rollout.yaml, and the same as JSON in the operator API. */
final class RolloutSpecForm {
  static final Codec<RolloutSpec> CODEC = Codec.of(RolloutSpecForm::write, RolloutSpecForm::read);

  private RolloutSpecForm() {}

  private static Node write(RolloutSpec spec) {
    return Tree.object()
        .put("rollout", spec.name())
        .put("slot", spec.slot())
        .put("channel", spec.channel())
        .put("release", spec.release())
        .put("selector", spec.selector())
        .list("stages", spec.stages(), true, StageForm::write)
        .maybe("sampling", SamplingForm.unlessDefault(spec.sampling()))
        .list("gates", spec.gates(), true, GateForm::write)
        .put("timing", timing(spec.timing()))
        .put("trial", DesiredForm.TRIAL.write(spec.trial()))
        .maybe(
            "delivery",
            DeliveryForm.unlessDefault(spec.delivery()).map(DeliveryForm.DELIVERY::write))
        .maybe("incompatible", unless(spec.fitRule().incompatible(), Incompatible.REFUSE))
        .maybe("unknownFacts", unless(spec.fitRule().unknownFacts(), UnknownFacts.HOLD))
        .maybe("control", spec.control().map(ControlForm.CODEC::write))
        .maybe("experiment", spec.experiment().map(ControlForm::experiment))
        .maybe("kind", unless(spec.lane().pipeline(), Pipeline.usual(spec.slot())))
        .maybe("interlock", spec.lane().interlock().map(Wire::duration))
        .maybe("sleeping", unless(spec.sleeping(), Sleeping.HOLD))
        .maybe("priority", unless(spec.priority(), Priority.NORMAL))
        .done();
  }

  private static RolloutSpec read(Fields f) {
    // What a stage that says nothing of approvals needs.
    Optional<Approval> approval = f.maybe("approvals", ApprovalForm::read).flatMap(a -> a);
    return new RolloutSpec(
        f.parsed("rollout", Name::new),
        f.parsed("slot", Name::new),
        f.parsed("channel", Name::new),
        f.parsed("release", ReleaseId::parse),
        f.maybeParsed("selector", Selector::parse).orElse(Selector.EVERYTHING),
        f.list("stages", node -> StageForm.read(node, approval)),
        f.or("sampling", SamplingForm.CODEC::read, Sampling.DEFAULT),
        f.list("gates", GateForm::read),
        f.or("timing", node -> Fields.read(node, RolloutSpecForm::timing), Timing.DEFAULT),
        f.or("trial", DesiredForm.TRIAL::read, Order.Trial.DEFAULT),
        f.or("delivery", DeliveryForm.DELIVERY::read, Delivery.DEFAULT),
        new FitRule(
            f.or("incompatible", Fields.constant(Incompatible.class), Incompatible.REFUSE),
            f.or("unknownFacts", Fields.constant(UnknownFacts.class), UnknownFacts.HOLD)),
        f.maybe("control", ControlForm.CODEC::read),
        f.maybe("experiment", ControlForm::experiment),
        new Lane(
            f.or(
                "kind",
                Fields.constant(Pipeline.class),
                Pipeline.usual(f.parsed("slot", Name::new))),
            f.maybeParsed("interlock", Durations::parse)),
        f.or("sleeping", Fields.constant(Sleeping.class), Sleeping.HOLD),
        f.or("priority", Fields.constant(Priority.class), Priority.NORMAL));
  }

  private static <E extends Enum<E>> Optional<String> unless(E word, E usual) {
    return word == usual ? Optional.empty() : Optional.of(Fields.word(word));
  }

  private static Node timing(Timing timing) {
    return Tree.object()
        .put("window", Wire.duration(timing.window()))
        .put("heartbeat", Wire.duration(timing.heartbeat()))
        .put("silence", Wire.duration(timing.silence()))
        .put("minRequests", timing.minRequests())
        .put("minReporting", Shares.text(timing.minReportingPercent() / 100))
        .put("baselineRequests", timing.baselineRequests())
        .put("baselineAge", Wire.duration(timing.baselineAge()))
        .put("warmUp", Wire.duration(timing.warmUp()))
        .put("maxWindow", Wire.duration(timing.maxWindow()))
        .put("retryAfter", Wire.duration(timing.retryAfter()))
        .put("retries", timing.retries())
        .maybe("deviceDeadline", timing.deviceDeadline().map(Wire::duration))
        .done();
  }

  private static Timing timing(Fields f) {
    Timing defaults = Timing.DEFAULT;
    return new Timing(
        time(f, "window", defaults.window()),
        time(f, "heartbeat", defaults.heartbeat()),
        time(f, "silence", defaults.silence()),
        f.integer("minRequests", defaults.minRequests()),
        f.maybe("minReporting", Shares::read)
            .map(s -> s * 100)
            .orElse(defaults.minReportingPercent()),
        f.integer("baselineRequests", defaults.baselineRequests()),
        time(f, "baselineAge", defaults.baselineAge()),
        time(f, "warmUp", defaults.warmUp()),
        time(f, "maxWindow", defaults.maxWindow()),
        time(f, "retryAfter", defaults.retryAfter()),
        f.maybeParsed("deviceDeadline", Durations::parse),
        f.or("retries", Fields::smallInteger, defaults.retries()));
  }

  private static Duration time(Fields f, String name, Duration whenAbsent) {
    return f.maybeParsed(name, Durations::parse).orElse(whenAbsent);
  }
}

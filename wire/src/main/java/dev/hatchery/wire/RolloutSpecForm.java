package dev.hatchery.wire;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Code;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import dev.hatchery.wire.tree.Tree;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** rollout.yaml, and the same as JSON in the operator API. */
final class RolloutSpecForm {
  static final Codec<RolloutSpec> CODEC = Codec.of(RolloutSpecForm::write, RolloutSpecForm::read);

  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");
  private static final Pattern LATENCY = Pattern.compile("latency-p(50|90|95|99)");
  private static final List<String> METRICS =
      List.of("errors", "latency-p50", "latency-p90", "latency-p95", "latency-p99");

  private RolloutSpecForm() {}

  private static Node write(RolloutSpec spec) {
    return Tree.object()
        .put("rollout", spec.name())
        .put("slot", spec.slot())
        .put("channel", spec.channel())
        .put("release", spec.release())
        .put("selector", spec.selector())
        .list("stages", spec.stages(), true, RolloutSpecForm::stage)
        .list("gates", spec.gates(), true, RolloutSpecForm::gate)
        .put("timing", timing(spec.timing()))
        .put("trial", DesiredForm.TRIAL.write(spec.trial()))
        .maybe(
            "delivery",
            DeliveryForm.unlessDefault(spec.delivery()).map(DeliveryForm.DELIVERY::write))
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
        f.list("stages", node -> stage(node, approval)),
        f.list("gates", RolloutSpecForm::gate),
        f.or("timing", node -> Fields.read(node, RolloutSpecForm::timing), Timing.DEFAULT),
        f.or("trial", DesiredForm.TRIAL::read, Order.Trial.DEFAULT),
        f.or("delivery", DeliveryForm.DELIVERY::read, Delivery.DEFAULT));
  }

  private static Node stage(Stage stage) {
    Tree tree = Tree.object().put("name", stage.name());
    switch (stage.extent()) {
      case Count count -> tree.put("count", count.devices());
      case Percent percent -> tree.put("percent", percent.percent());
    }
    return tree.put("soak", Wire.duration(stage.soak()))
        .maybe("approval", stage.approval().map(ApprovalForm::write))
        .done();
  }

  private static Stage stage(Node node, Optional<Approval> approval) {
    return Fields.read(
        node,
        f -> {
          var count = f.maybe("count", Fields::smallInteger);
          var percent = f.maybe("percent", RolloutSpecForm::percent);
          if (count.isPresent() == percent.isPresent()) {
            throw Refusal.of(Code.BAD_SPEC, "a stage needs to know how large it is")
                .expected("either count or percent")
                .got(count.isPresent() ? "both" : "neither");
          }
          return new Stage(
              f.parsed("name", Name::new),
              count.isPresent() ? new Count(count.get()) : new Percent(percent.orElseThrow()),
              f.maybeParsed("soak", Durations::parse).orElse(Timing.DEFAULT_SOAK),
              f.or("approval", ApprovalForm::read, approval));
        });
  }

  // percent: 30 and percent: 30% say the same
  private static double percent(Node node) {
    return node instanceof Node.Text ? share(node) * 100 : Fields.real(node);
  }

  private static Node gate(Gate gate) {
    Tree tree = Tree.object().put("metric", gate.metric());
    switch (gate) {
      case Gate.Errors errors ->
          tree.maybe("limit", errors.limit().map(RolloutSpecForm::percentText))
              .maybe("ratio", errors.ratio().map(RolloutSpecForm::real));
      case Gate.Latency latency ->
          tree.maybe("limit", latency.limit().map(Wire::duration))
              .maybe("ratio", latency.ratio().map(RolloutSpecForm::real));
    }
    return tree.put("alpha", gate.alpha()).done();
  }

  private static Gate gate(Node node) {
    return Fields.read(
        node,
        f -> {
          String metric = f.text("metric");
          Optional<Double> ratio = f.maybe("ratio", Fields::real);
          double alpha = f.or("alpha", Fields::real, Gate.DEFAULT_ALPHA);
          if (metric.equals(Gate.Errors.METRIC)) {
            return new Gate.Errors(f.maybe("limit", RolloutSpecForm::share), ratio, alpha);
          }
          var latency = LATENCY.matcher(metric);
          if (latency.matches()) {
            double quantile = Integer.parseInt(latency.group(1)) / 100.0;
            return new Gate.Latency(
                quantile, f.maybeParsed("limit", Durations::parse), ratio, alpha);
          }
          // An unknown gate refuses the rollout; it is never skipped.
          throw Fields.unknownWord(
              Code.UNKNOWN_METRIC, "a gate's metric is not known", metric, METRICS);
        });
  }

  private static Node timing(Timing timing) {
    return Tree.object()
        .put("window", Wire.duration(timing.window()))
        .put("heartbeat", Wire.duration(timing.heartbeat()))
        .put("silence", Wire.duration(timing.silence()))
        .put("minRequests", timing.minRequests())
        .put("minReporting", percentText(timing.minReportingPercent() / 100))
        .put("baselineRequests", timing.baselineRequests())
        .put("baselineAge", Wire.duration(timing.baselineAge()))
        .put("warmUp", Wire.duration(timing.warmUp()))
        .put("maxWindow", Wire.duration(timing.maxWindow()))
        .put("retryAfter", Wire.duration(timing.retryAfter()))
        .done();
  }

  private static Timing timing(Fields f) {
    Timing defaults = Timing.DEFAULT;
    return new Timing(
        time(f, "window", defaults.window()),
        time(f, "heartbeat", defaults.heartbeat()),
        time(f, "silence", defaults.silence()),
        f.integer("minRequests", defaults.minRequests()),
        f.maybe("minReporting", RolloutSpecForm::share)
            .map(s -> s * 100)
            .orElse(defaults.minReportingPercent()),
        f.integer("baselineRequests", defaults.baselineRequests()),
        time(f, "baselineAge", defaults.baselineAge()),
        time(f, "warmUp", defaults.warmUp()),
        time(f, "maxWindow", defaults.maxWindow()),
        time(f, "retryAfter", defaults.retryAfter()));
  }

  private static Duration time(Fields f, String name, Duration whenAbsent) {
    return f.maybeParsed(name, Durations::parse).orElse(whenAbsent);
  }

  /**
   * {@code 5%} as 0.05. A bare number is refused: nobody should have to guess whether 5 means 5% or
   * 500%.
   */
  private static double share(Node node) {
    if (node instanceof Node.Text text) {
      var m = PERCENT.matcher(text.value());
      if (m.matches()) return Double.parseDouble(m.group(1)) / 100;
    }
    throw Refusal.of(Code.BAD_SPEC, "this is not a percentage")
        .at(node.place().toString())
        .expected("a number and %, for example 5%")
        .got(node instanceof Node.Text text ? text.value() : node.kind());
  }

  private static String percentText(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
  }

  private static Node real(double value) {
    return new Node.Real(value, Place.NOWHERE);
  }
}

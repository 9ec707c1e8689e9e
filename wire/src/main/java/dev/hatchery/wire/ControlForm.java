package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Control;
import dev.hatchery.core.Control.ErrorMargin;
import dev.hatchery.core.Control.LatencyMargin;
import dev.hatchery.core.Control.Margin;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.Experiment.Then;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Size;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code control: {count: 20, margins: [{metric: latency-p95, margin: 1.25}]}}. */
final class ControlForm {
  static final Codec<Control> CODEC = Codec.of(ControlForm::write, ControlForm::read);

  private static final Pattern LATENCY = Pattern.compile("latency-p(50|90|95|99)");
  private static final List<String> METRICS =
      List.of("errors", "latency-p50", "latency-p90", "latency-p95", "latency-p99");

  private ControlForm() {}

  private static Node write(Control control) {
    Tree tree = Tree.object();
    switch (control.size()) {
      case Count count -> tree.put("count", count.devices());
      case Percent percent -> tree.put("percent", percent.percent());
    }
    return tree.list("stages", control.stages(), false, Tree::text)
        .list("margins", control.margins(), true, ControlForm::margin)
        .put("alpha", control.alpha())
        .maybe("keep", control.keep().map(Durations::format))
        .done();
  }

  private static Control read(Fields f) {
    return new Control(
        size(f),
        f.or("stages", n -> Fields.list(n, Fields.parsing(Name::new)), List.of()),
        f.or("margins", n -> Fields.list(n, ControlForm::margin), Control.DEFAULT_MARGINS),
        f.or("alpha", Fields::real, Control.DEFAULT_ALPHA),
        f.maybeParsed("keep", Durations::parse));
  }

  static Node experiment(Experiment experiment) {
    return Tree.object()
        .put("for", Wire.duration(experiment.length()))
        .put("then", Fields.word(experiment.then()))
        .done();
  }

  static Experiment experiment(Node node) {
    return Fields.read(
        node,
        f ->
            new Experiment(
                f.parsed("for", Durations::parse),
                f.or("then", Fields.constant(Then.class), Then.BACK)));
  }

  private static Size size(Fields f) {
    Optional<Integer> count = f.maybe("count", Fields::smallInteger);
    Optional<Double> percent = f.maybe("percent", Shares::percent);
    if (count.isPresent() == percent.isPresent()) {
      throw Refusal.of(Code.BAD_SPEC, "a control needs to know how large it is")
          .expected("one of count and percent")
          .got(count.isPresent() ? "count and percent" : "neither");
    }
    return count.<Size>map(Count::new).orElseGet(() -> new Percent(percent.orElseThrow()));
  }

  private static Node margin(Margin margin) {
    Tree tree = Tree.object().put("metric", margin.metric());
    return switch (margin) {
      case LatencyMargin m -> tree.put("margin", m.ratio()).done();
      case ErrorMargin m -> tree.put("margin", Shares.text(m.share())).done();
    };
  }

  private static Margin margin(Node node) {
    return Fields.read(
        node,
        f -> {
          String metric = f.text("metric");
          if (metric.equals(Gate.Errors.METRIC)) {
            return new ErrorMargin(f.get("margin", Shares::read));
          }
          var latency = LATENCY.matcher(metric);
          if (!latency.matches()) {
            throw Fields.unknownWord(
                Code.UNKNOWN_METRIC, "a control compares no such metric", metric, METRICS);
          }
          double quantile = Integer.parseInt(latency.group(1)) / 100.0;
          return new LatencyMargin(quantile, f.get("margin", Fields::real));
        });
  }
}

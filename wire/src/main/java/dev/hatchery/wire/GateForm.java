package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import dev.hatchery.wire.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** A gate of rollout.yaml. An unknown metric refuses the rollout; it is never skipped. */
final class GateForm {
  private static final Pattern LATENCY = Pattern.compile("latency-p(50|90|95|99)");
  private static final List<String> FIXED =
      List.of("errors", "latency-p50", "latency-p90", "latency-p95", "latency-p99");

  private GateForm() {}

  static Node write(Gate gate) {
    Tree tree = Tree.object().put("metric", gate.metric());
    put(tree, gate);
    if (gate.alpha() > 0) tree.put("alpha", gate.alpha());
    return tree.done();
  }

  private static void put(Tree tree, Gate gate) {
    switch (gate) {
      case Gate.Errors errors ->
          tree.maybe("limit", errors.limit().map(Shares::text))
              .maybe("ratio", errors.ratio().map(GateForm::real));
      case Gate.Latency latency ->
          tree.maybe("limit", latency.limit().map(Wire::duration))
              .maybe("ratio", latency.ratio().map(GateForm::real));
      case Gate.Events events ->
          tree.maybe("limit", events.limit().map(Shares::text))
              .maybe("ratio", events.ratio().map(GateForm::real));
      case Gate.Level level ->
          tree.maybe("above", level.bounds().above().map(b -> value(level.what(), b)))
              .maybe("below", level.bounds().below().map(b -> value(level.what(), b)))
              .maybe("ratio", level.bounds().ratio().map(GateForm::real))
              .maybe("shift", level.bounds().shift().map(b -> value(level.what(), b)))
              .put("windows", Shares.text(level.share()));
      case Gate.Query query ->
          tree.put(
                  "query",
                  Tree.object()
                      .put("source", query.source())
                      .put("promql", query.promql())
                      .put("maxAge", Wire.duration(query.maxAge()))
                      .done())
              .maybe("above", query.above().map(GateForm::real))
              .maybe("below", query.below().map(GateForm::real))
              .maybe("ratio", query.ratio().map(GateForm::real))
              .put("for", Wire.duration(query.lasting()));
      case Gate.Drift drift ->
          tree.put("measure", Fields.word(drift.measure())).put("above", drift.above());
      case Gate.DryRun dry -> {
        put(tree, dry.gate());
        tree.put("dryRun", true);
      }
    }
  }

  static Gate read(Node node) {
    return Fields.read(
        node,
        f -> {
          Gate gate = read(f, f.text("metric"));
          boolean alert = gate instanceof Gate.Drift;
          boolean dry = f.bool("dryRun", alert);
          if (alert && !dry) {
            throw Refusal.of(Code.BAD_SPEC, "drift alone cannot act: the world may have changed")
                .expected("dryRun: true, or nothing")
                .fix("compare with devices that keep the release before");
          }
          return dry ? new Gate.DryRun(gate) : gate;
        });
  }

  private static Gate read(Fields f, String metric) {
    if (metric.startsWith(Gate.Query.PREFIX)) return query(f, metric);
    if (metric.startsWith(Gate.Drift.PREFIX)) return drift(f, metric);
    double alpha = f.or("alpha", Fields::real, Gate.DEFAULT_ALPHA);
    if (metric.equals(Gate.Errors.METRIC)) {
      return new Gate.Errors(f.maybe("limit", Shares::read), ratio(f), alpha);
    }
    var latency = LATENCY.matcher(metric);
    if (latency.matches()) {
      double quantile = Integer.parseInt(latency.group(1)) / 100.0;
      return new Gate.Latency(quantile, f.maybeParsed("limit", Durations::parse), ratio(f), alpha);
    }
    Metric what =
        Metric.find(metric)
            .filter(m -> !m.equals(Metric.GOLDEN_FAILED))
            .orElseThrow(() -> unknown(metric));
    return switch (what.unit()) {
      case EVENTS, SAMPLES -> events(f, what, alpha);
      case SHARE, CELSIUS, NUMBER -> level(f, what, alpha);
    };
  }

  private static Gate drift(Fields f, String metric) {
    var measure =
        f.or("measure", Fields.constant(Gate.Drift.Measure.class), Gate.Drift.Measure.PSI);
    return new Gate.Drift(
        new Name(metric.substring(Gate.Drift.PREFIX.length())),
        measure,
        f.or("above", Fields::real, measure.usual()));
  }

  private static Gate query(Fields f, String metric) {
    Name name = new Name(metric.substring(Gate.Query.PREFIX.length()));
    return f.get(
        "query",
        node ->
            Fields.read(
                node,
                q ->
                    new Gate.Query(
                        name,
                        q.parsed("source", Name::new),
                        q.text("promql"),
                        f.maybe("above", Fields::real),
                        f.maybe("below", Fields::real),
                        ratio(f),
                        f.maybeParsed("for", Durations::parse).orElse(Gate.Query.DEFAULT_LASTING),
                        q.maybeParsed("maxAge", Durations::parse)
                            .orElse(Gate.Query.DEFAULT_MAX_AGE))));
  }

  // What should not happen needs no figure: the usual one holds.
  private static Gate events(Fields f, Metric what, double alpha) {
    Optional<Double> limit = f.maybe("limit", Shares::read);
    Optional<Double> ratio = ratio(f);
    boolean usual = limit.isEmpty() && ratio.isEmpty();
    return new Gate.Events(
        what, usual ? Optional.of(Gate.Events.usualLimit(what)) : limit, ratio, alpha);
  }

  private static Gate level(Fields f, Metric what, double alpha) {
    Function<Node, Double> value = node -> value(what, node);
    return new Gate.Level(
        what,
        new Gate.Level.Bounds(
            f.maybe("above", value), f.maybe("below", value), ratio(f), f.maybe("shift", value)),
        f.or("windows", Shares::read, Gate.Level.DEFAULT_SHARE),
        alpha);
  }

  private static Optional<Double> ratio(Fields f) {
    return f.maybe("ratio", Fields::real);
  }

  private static double value(Metric what, Node node) {
    return what.unit() == Metric.Unit.SHARE ? Shares.signed(node) : Fields.real(node);
  }

  private static Node value(Metric what, double value) {
    return what.unit() == Metric.Unit.SHARE ? Tree.text(Shares.text(value)) : real(value);
  }

  private static Refusal unknown(String metric) {
    List<String> known = new ArrayList<>(FIXED);
    known.add(Metric.KPI + "NAME");
    known.addAll(Metric.ofGates());
    known.add(Gate.Query.PREFIX + "NAME");
    known.add(Gate.Drift.PREFIX + "NAME");
    return Fields.unknownWord(Code.UNKNOWN_METRIC, "a gate's metric is not known", metric, known);
  }

  private static Node real(double value) {
    return new Node.Real(value, Place.NOWHERE);
  }
}

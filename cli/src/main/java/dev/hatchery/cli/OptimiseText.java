package dev.hatchery.cli;

import dev.hatchery.core.Digest;
import dev.hatchery.pipeline.optimise.Agreement;
import dev.hatchery.pipeline.optimise.Optimiser;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What optimisation did, as people and scripts read it. */
record OptimiseText(Terminal terminal, boolean onData) {
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  void print(Optimiser.Result result, long before, Path out, Digest digest) {
    for (Optimiser.Step step : result.steps()) {
      terminal.line(
          "%s: %,d %s, %,d bytes of %,d (%s)"
              .formatted(
                  step.name(),
                  step.changed(),
                  step.changed() == 1 ? "layer" : "layers",
                  step.bytes(),
                  before,
                  DeltaText.percent(step.bytes(), before)));
      terminal.line("  answers: " + agreement(step.agreement()));
      terminal.line(
          "  time: " + number("%.2f", step.pace().ratio()) + " of before, here; devices differ");
      step.left().forEach(why -> terminal.line("  left: " + why));
    }
    terminal.line("%s  %,d bytes, %s".formatted(out, steps(result).bytes(), digest));
  }

  private static Optimiser.Step steps(Optimiser.Result result) {
    return result.steps().getLast();
  }

  private String agreement(Agreement a) {
    return "cosine "
        + number("%.6f", a.cosine())
        + ", largest difference "
        + number("%.4g", a.largest())
        + ", same choice in "
        + number("%.1f%%", 100 * a.sameChoice())
        + (onData
            ? " of the data given"
            : " of random inputs: give --calibrate for what it is used on");
  }

  void print(List<Optimiser.Sensitivity> found) {
    List<List<String>> rows = new ArrayList<>();
    for (var one : found) {
      rows.add(
          List.of(
              one.layer(),
              number("%.6f", one.agreement().cosine()),
              number("%.4g", one.agreement().largest()),
              number("%.1f%%", 100 * one.agreement().sameChoice())));
    }
    terminal.table(List.of("LAYER ALONE", "COSINE", "LARGEST DIFFERENCE", "SAME CHOICE"), rows);
  }

  static Node sensitivityJson(List<Optimiser.Sensitivity> found) {
    return Tree.list(
        found,
        one ->
            Tree.object().put("layer", one.layer()).put("agreement", json(one.agreement())).done());
  }

  static Node json(Optimiser.Result result, long before, Path out, Digest digest) {
    return Tree.object()
        .put("file", out)
        .put("bytesBefore", before)
        .put("bytes", steps(result).bytes())
        .put("sha256", digest)
        .put(
            "steps",
            Tree.list(
                result.steps(),
                step ->
                    Tree.object()
                        .put("step", step.name())
                        .put("bytes", step.bytes())
                        .put("layers", step.changed())
                        .put("left", Tree.list(step.left(), Tree::text))
                        .put("agreement", json(step.agreement()))
                        .put("timeRatio", step.pace().ratio())
                        .done()))
        .done();
  }

  private static Node json(Agreement agreement) {
    return Tree.object()
        .put("samples", agreement.samples())
        .put("cosine", agreement.cosine())
        .put("largestDifference", agreement.largest())
        .put("sameChoice", agreement.sameChoice())
        .done();
  }
}

package dev.hatchery.cli;

import dev.hatchery.wire.api.CoverageView;
import dev.hatchery.wire.api.RolloutView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How large the stages are and what the canaries can show, as people read it. */
final class CoverageText {
  private CoverageText() {}

  static List<String> lines(RolloutView rollout) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "stages: "
            + rollout.stages().stream()
                .map(s -> s.name() + " " + s.devices())
                .collect(Collectors.joining(", "))
            + (rollout.fleet() == 1 ? " device" : " devices"));
    rollout.coverage().ifPresent(coverage -> tell(rollout, coverage, lines));
    return lines;
  }

  private static void tell(RolloutView rollout, CoverageView coverage, List<String> lines) {
    String seed = rollout.seed().isPresent() ? " (seed " + rollout.seed().getAsLong() + ")" : "";
    lines.add(coverage.stage() + ": " + coverage.missed() + seed);
    list("  covered: ", coverage.strata(true), lines);
    list("  not covered: ", coverage.strata(false), lines);
    coverage.replaced().forEach(one -> lines.add("  " + one));
  }

  private static void list(String head, List<String> strata, List<String> lines) {
    if (!strata.isEmpty()) lines.add(head + String.join("; ", strata));
  }
}

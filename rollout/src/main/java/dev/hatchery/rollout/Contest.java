package dev.hatchery.rollout;

import dev.hatchery.core.Experiment;
import dev.hatchery.core.Experiment.Then;
import dev.hatchery.rollout.Comparison.Finding;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How an experiment ends: a comparison of the first stage with the control, looked at once, when
 * its time is over. The rollout's gates watch it meanwhile, and take its devices back as ever.
 */
final class Contest {
  static final String GATE = "experiment";

  private Contest() {}

  /** The experiment that the running stage is. */
  static Optional<Experiment> running(Rollout rollout) {
    return rollout.stage() == 0 ? rollout.spec().experiment() : Optional.empty();
  }

  /** Why the devices go back, once its time is over and it has not won. */
  static Optional<String> lost(Rollout rollout) {
    List<Finding> findings = rollout.comparison().findings();
    return running(rollout)
        .filter(e -> !findings.isEmpty() && !(e.then() == Then.PROMOTE && won(findings)))
        .map(
            _ ->
                "the experiment is over: "
                    + findings.stream().map(Finding::reason).collect(Collectors.joining("; ")));
  }

  private static boolean won(List<Finding> findings) {
    return findings.stream().allMatch(Finding::within)
        && findings.stream().anyMatch(Finding::better);
  }
}

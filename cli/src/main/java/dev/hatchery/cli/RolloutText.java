package dev.hatchery.cli;

import dev.hatchery.core.Durations;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.VerdictView;
import dev.hatchery.wire.tree.Fields;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** A rollout as people read it. */
final class RolloutText {
  private RolloutText() {}

  static void print(RolloutView rollout, Terminal terminal) {
    RolloutView.Stage stage = rollout.runningStage();
    terminal.line(
        "%s  %s on %s/%s: %s, stage %s (%d of %d), %d of %d devices confirmed"
            .formatted(
                rollout.id(),
                rollout.release(),
                rollout.slot(),
                rollout.channel(),
                rollout.phase(),
                stage.name(),
                rollout.stage() + 1,
                rollout.stages().size(),
                rollout.devicesConfirmed(),
                rollout.fleet()));
    rollout
        .heldSince()
        .ifPresent(at -> terminal.line("held since " + at.truncatedTo(ChronoUnit.SECONDS)));
    rollout.abort().ifPresent(a -> terminal.line("aborted by " + a.gate() + ": " + a.reason()));
    rollout
        .undone()
        .ifPresent(
            u ->
                terminal.line(
                    "undone by "
                        + u.by()
                        + " at "
                        + u.at().truncatedTo(ChronoUnit.SECONDS)
                        + ": "
                        + u.reason()));
    FitText.lines(rollout.fit()).forEach(terminal::line);
    CoverageText.lines(rollout).forEach(terminal::line);
    ControlText.lines(rollout).forEach(terminal::line);
    BytesText.lines(rollout).forEach(terminal::line);
    if (!rollout.verdicts().isEmpty()) {
      terminal.line("");
      terminal.table(
          List.of("GATE", "VERDICT", "REASON"),
          rollout.verdicts().stream().map(v -> List.of(v.gate(), verdict(v), v.reason())).toList());
    }
    if (rollout.members().isEmpty()) return;
    terminal.line("");
    terminal.table(
        List.of("DEVICE", "STAGE", "STATE", "WATCHED", "REQUESTS", "ERRORS", "RESTARTS", "FAILURE"),
        rollout.members().stream().map(RolloutText::row).toList());
  }

  private static List<String> row(RolloutView.Member m) {
    return List.of(
        m.device().value(),
        m.stage().value(),
        Fields.word(m.state()),
        Durations.format(m.observed().truncatedTo(ChronoUnit.SECONDS)),
        String.valueOf(m.requests()),
        String.valueOf(m.errors()),
        String.valueOf(m.restarts()),
        m.failure().map(Enum::name).orElse(""));
  }

  /** What a gate says; in brackets where nothing acts on it. */
  static String verdict(VerdictView verdict) {
    return verdict.dryRun() ? "(" + verdict.kind().name() + ")" : verdict.kind().name();
  }
}

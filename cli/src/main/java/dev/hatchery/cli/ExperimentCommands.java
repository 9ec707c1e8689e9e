package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.ControlView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.tree.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Rollouts whose first stage is an experiment: two releases on two sides for a set time. */
final class ExperimentCommands {
  private ExperimentCommands() {}

  /** {@code hatchery experiment}, above the others. */
  @Command(
      name = "experiment",
      description = "Run two releases on matched devices for a set time, with a verdict each.")
  static final class Top implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word")
          .expected("experiment start, show or stop");
    }
  }

  /** {@code hatchery experiment start}. */
  @Command(
      name = "start",
      description = "Start the rollout that a file describes; it has to be an experiment.")
  static final class Start extends ServerCommand {
    @Option(names = "-f", required = true, paramLabel = "rollout.yaml")
    private @Nullable Path file;

    private @Nullable RolloutSpec spec;

    Start(Terminal terminal) {
      super(terminal);
    }

    @Override
    void prepare() {
      RolloutSpec read = RolloutCommands.read(given(file));
      if (read.experiment().isEmpty()) {
        throw Refusal.of(Code.BAD_SPEC, "this is a rollout, and no experiment")
            .at(given(file).toString())
            .expected("experiment: {for: 7d, then: back}, and a control:")
            .fix("add it, or use hatchery rollout apply");
      }
      spec = read;
    }

    @Override
    Integer run(OperatorClient client) {
      RolloutView started = client.startRollout(given(spec));
      if (json) terminal.json(Api.ROLLOUT.write(started));
      else print(started, terminal);
      return 0;
    }
  }

  /** {@code hatchery experiment show}. */
  @Command(
      name = "show",
      description =
          "Say who is on which side, what each metric says so far, and how much time is left.")
  static final class Show extends RolloutCommands.OneRollout {
    Show(Terminal terminal) {
      super(terminal);
    }

    @Override
    RolloutView act(OperatorClient client, String id) {
      return client.rollout(id);
    }

    @Override
    void show(RolloutView rollout) {
      print(rollout, terminal);
    }
  }

  /** {@code hatchery experiment stop}. */
  @Command(
      name = "stop",
      description = "Stop before its time is over: the devices that have the release go back.")
  static final class Stop extends RolloutCommands.OneRollout {
    @Option(
        names = "--reason",
        defaultValue = "by hand",
        paramLabel = "TEXT",
        description = "for the record")
    private String reason = "by hand";

    Stop(Terminal terminal) {
      super(terminal);
    }

    @Override
    RolloutView act(OperatorClient client, String id) {
      experiment(client.rollout(id));
      return client.abort(id, "the experiment was stopped: " + reason);
    }

    @Override
    void show(RolloutView rollout) {
      print(rollout, terminal);
    }
  }

  private static Experiment experiment(RolloutView rollout) {
    return rollout
        .control()
        .flatMap(ControlView::experiment)
        .orElseThrow(
            () ->
                Refusal.of(Code.ILLEGAL_STATE, "this rollout is no experiment")
                    .at(rollout.id())
                    .fix("see hatchery rollout status " + rollout.id()));
  }

  static void print(RolloutView rollout, Terminal terminal) {
    Experiment experiment = experiment(rollout);
    ControlView control = rollout.control().orElseThrow();
    RolloutView.Stage first = rollout.stages().getFirst();
    String against = rollout.previous().map(ReleaseId::toString).orElse("nothing");
    terminal.line(
        "%s  %s against %s on %s/%s for %s, then %s: %s"
            .formatted(
                rollout.id(),
                rollout.release(),
                against,
                rollout.slot(),
                rollout.channel(),
                Durations.format(experiment.length()),
                Fields.word(experiment.then()),
                rollout.phase()));
    terminal.line(
        "  %s: %d devices in stage %s, %d of them have proved it"
            .formatted(
                rollout.release(), first.devices(), first.name(), rollout.devicesConfirmed()));
    terminal.line("  " + against + ": " + ControlText.whom(control));
    rollout.abort().ifPresent(a -> terminal.line("over, by " + a.gate() + ": " + a.reason()));
    if (rollout.abort().isPresent() || rollout.phase().over()) return;
    if (rollout.stage() > 0) {
      terminal.line("over, and promoted: stage " + rollout.runningStage().name() + " runs");
      return;
    }
    terminal.line(control.nextLook().map(ExperimentCommands::left).orElse(NOT_BEGUN));
    if (control.soFar().isEmpty()) return;
    terminal.line("");
    terminal.line("so far, which decides nothing before the time is over:");
    terminal.table(
        List.of("METRIC", "SAYS"),
        control.soFar().stream().map(f -> List.of(f.metric(), f.reason())).toList());
  }

  private static final String NOT_BEGUN =
      "its time begins when enough of the stage's devices run the release";

  private static String left(Instant until) {
    Duration left = Duration.between(Instant.now(), until).truncatedTo(ChronoUnit.SECONDS);
    return left.isPositive()
        ? "time left: "
            + Durations.format(left)
            + ", until "
            + until.truncatedTo(ChronoUnit.SECONDS)
        : "its time is over; it waits for what either side lacks";
  }
}

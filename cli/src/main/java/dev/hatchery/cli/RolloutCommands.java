package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rollouts, and the way back. */
final class RolloutCommands {
  private RolloutCommands() {}

  /** {@code hatchery rollout}, above the others. */
  @Command(name = "rollout", description = "Move a channel to another release, stage by stage.")
  static final class Rollout implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word")
          .expected(
              "rollout apply, preflight, rehearse, list, status, promote, approve, reject, pause,"
                  + " resume, retry, abort or undo");
    }
  }

  /** What a file describes. */
  static RolloutSpec read(Path file) {
    String yaml = new String(Disk.read(file), StandardCharsets.UTF_8);
    return Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml, file.toString()));
  }

  /** {@code hatchery rollout apply}. */
  @Command(
      name = "apply",
      description =
          "Start the rollout that a file describes; the same file again starts nothing twice.")
  static final class Apply extends ServerCommand {
    @Option(names = "-f", required = true, paramLabel = "rollout.yaml")
    private @Nullable Path file;

    @Option(
        names = "--dry-run",
        description = "start nothing; say what it would be and cost, by the deltas there are")
    private boolean dryRun;

    private @Nullable RolloutSpec spec;

    Apply(Terminal terminal) {
      super(terminal);
    }

    @Override
    void prepare() {
      spec = read(given(file));
    }

    @Override
    Integer run(OperatorClient client) {
      RolloutView rollout =
          dryRun ? client.tryRollout(given(spec)) : client.startRollout(given(spec));
      if (dryRun && !json) terminal.line("nothing was started; it would be:");
      if (json) terminal.json(Api.ROLLOUT.write(rollout));
      else RolloutText.print(rollout, terminal);
      return 0;
    }
  }

  /** {@code hatchery rollout list}. */
  @Command(name = "list", description = "List the rollouts, newest first.")
  static final class ListAll extends ServerCommand {
    ListAll(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<RolloutView> rollouts = client.rollouts();
      if (json) {
        terminal.json(Api.ROLLOUTS.write(Page.all(rollouts)));
        return 0;
      }
      terminal.table(
          List.of("ROLLOUT", "RELEASE", "CHANNEL", "PHASE", "STAGE", "DEVICES", "DOWNLOADED"),
          rollouts.stream()
              .map(
                  r ->
                      List.of(
                          r.id(),
                          r.release().toString(),
                          r.slot() + "/" + r.channel(),
                          r.phase().name(),
                          r.runningStage().name().value(),
                          r.devicesConfirmed() + "/" + r.fleet(),
                          new DataSize(r.bytesDownloaded()).human()))
              .toList());
      return 0;
    }
  }

  /** {@code hatchery rollout abort}. */
  @Command(name = "abort", description = "Abort: every device that was touched goes back.")
  static final class Abort extends OneRollout {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "for the record")
    private @Nullable String reason;

    Abort(Terminal terminal) {
      super(terminal);
    }

    @Override
    RolloutView act(OperatorClient client, String id) {
      return client.abort(id, given(reason));
    }
  }

  /**
   * A command that needs nothing but the rollout: {@code status}, {@code promote}, {@code pause} …
   */
  @Command
  static final class Verb extends OneRollout {
    private final BiFunction<OperatorClient, String, RolloutView> call;

    Verb(Terminal terminal, BiFunction<OperatorClient, String, RolloutView> call) {
      super(terminal);
      this.call = call;
    }

    @Override
    RolloutView act(OperatorClient client, String id) {
      return call.apply(client, id);
    }
  }

  /** What the commands about one rollout share. */
  abstract static class OneRollout extends ServerCommand {
    @Parameters(paramLabel = "ROLLOUT", description = "its id or name")
    private @Nullable String id;

    OneRollout(Terminal terminal) {
      super(terminal);
    }

    abstract RolloutView act(OperatorClient client, String id);

    @Override
    final Integer run(OperatorClient client) {
      RolloutView rollout = act(client, idOf(client, given(id)));
      if (json) terminal.json(Api.ROLLOUT.write(rollout));
      else show(rollout);
      return 0;
    }

    /** For people. */
    void show(RolloutView rollout) {
      RolloutText.print(rollout, terminal);
    }

    // People know a rollout by its name; the newest of that name is meant.
    private static String idOf(OperatorClient client, String idOrName) {
      return client.rollouts().stream()
          .filter(r -> r.id().equals(idOrName) || r.name().value().equals(idOrName))
          .max(Comparator.comparing(RolloutView::createdAt))
          .map(RolloutView::id)
          .orElseThrow(
              () ->
                  Refusal.of(Code.NOT_FOUND, "there is no such rollout")
                      .got(idOrName)
                      .fix("see hatchery rollout list"));
    }
  }
}

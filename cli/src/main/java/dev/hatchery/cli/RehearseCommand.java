package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.lab.rehearsal.Outlook;
import dev.hatchery.lab.rehearsal.Recording;
import dev.hatchery.lab.rehearsal.Rehearsal;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.RehearsalView;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hatchery rollout rehearse}. */
@Command(
    name = "rehearse",
    description = {
      "Carry out what a file describes in the simulator, on the fleet as the server has it on"
          + " record: how long, how many bytes, whether it ends in time, and what its stages and"
          + " gates would find if the release is bad. Starts nothing; what is assumed is in"
          + " docs/rollout.md.",
      "Exit status 5 when it could not be started, or a good release would rather not complete."
    })
final class RehearseCommand extends ServerCommand {
  @Option(names = "-f", required = true, paramLabel = "rollout.yaml")
  private @Nullable Path file;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description =
          "of each kind of release; fewer, but three at least, where a run costs much; default:"
              + " ${DEFAULT-VALUE}")
  private int runs = Rehearsal.RUNS;

  @Option(names = "--seed", paramLabel = "S", description = "default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(
      names = "--rate",
      paramLabel = "SIZE",
      description =
          "what a device fetches in a second where no limit says less; default: ${DEFAULT-VALUE}")
  private String rate = Rehearsal.RATE.toString();

  private @Nullable RolloutSpec spec;
  private DataSize fetched = Rehearsal.RATE;

  RehearseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void prepare() {
    Path from = given(file);
    String yaml = new String(Disk.read(from), StandardCharsets.UTF_8);
    spec = Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml, from.toString()));
    fetched = DataSize.parse(rate);
  }

  @Override
  Integer run(OperatorClient client) {
    RehearsalView view = client.rehearsal(given(spec));
    Recording recording = Recorded.of(client, given(spec), view);
    Outlook outlook = new Rehearsal(recording, runs, seed, fetched).outlook();
    if (json) terminal.json(RehearsalJson.of(view, outlook, seed));
    else RehearsalText.lines(view, outlook, seed).forEach(terminal::line);
    return exitCode(view, outlook);
  }

  static int exitCode(RehearsalView view, Outlook outlook) {
    boolean go = view.refused().isEmpty() && outlook.completes();
    return go ? 0 : Code.ILLEGAL_STATE.exitCode();
  }
}

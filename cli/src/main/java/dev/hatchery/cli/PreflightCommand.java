package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.PreflightView;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hatchery rollout preflight}. */
@Command(
    name = "preflight",
    description =
        "Look ahead: what would stop the rollout that a file describes, or a device's way back."
            + " Exit status 5 when something would.")
final class PreflightCommand extends ServerCommand {
  @Option(names = "-f", required = true, paramLabel = "rollout.yaml")
  private @Nullable Path file;

  @Option(
      names = "--within",
      paramLabel = "24h",
      description = "how long ago a device may have been heard of; by default 24h")
  private @Nullable String within;

  private @Nullable RolloutSpec spec;
  private Optional<Duration> fresh = Optional.empty();

  PreflightCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void prepare() {
    Path from = given(file);
    String yaml = new String(Disk.read(from), StandardCharsets.UTF_8);
    spec = Wire.ROLLOUT_SPEC.read(Yaml.parse(yaml, from.toString()));
    fresh = Optional.ofNullable(within).map(Durations::parse);
  }

  @Override
  Integer run(OperatorClient client) {
    PreflightView view = client.preflight(given(spec), fresh);
    if (json) terminal.json(Api.PREFLIGHT.write(view));
    else PreflightText.lines(view).forEach(terminal::line);
    return exitCode(view);
  }

  static int exitCode(PreflightView view) {
    return view.go() ? 0 : Code.ILLEGAL_STATE.exitCode();
  }
}

package dev.hatchery.cli;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Explanation;
import dev.hatchery.wire.api.RolloutExplanation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why things are as they are. */
final class ExplainCommands {
  private ExplainCommands() {}

  /** {@code hatchery explain}, above the others. */
  @Command(name = "explain", description = "Say why things are as they are.")
  static final class Explain implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word")
          .expected("explain device or explain rollout");
    }
  }

  /** {@code hatchery explain rollout}. */
  @Command(
      name = "rollout",
      description =
          "Say why a rollout stands where it stands: what was decided, what every gate says and"
              + " since when, and what would change it, the cheapest first.")
  static final class OneRollout extends ServerCommand {
    @Parameters(paramLabel = "ROLLOUT", description = "its id or name")
    private @Nullable String id;

    OneRollout(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      RolloutExplanation told = client.explainRollout(given(id));
      if (json) terminal.json(Api.ROLLOUT_EXPLANATION.write(told));
      else print(told, terminal);
      return 0;
    }
  }

  static void print(RolloutExplanation told, Terminal terminal) {
    terminal.line(told.rollout() + ": " + told.standing());
    told.decided().stream()
        .findFirst()
        .ifPresent(
            d -> terminal.line("decided at " + d.at().truncatedTo(SECONDS) + ": " + d.summary()));
    terminal.line("");
    terminal.table(
        List.of("GATE", "VERDICT", "SINCE", "REASON"),
        told.verdicts().stream()
            .map(
                v ->
                    List.of(
                        v.gate(),
                        RolloutText.verdict(v),
                        v.since().map(at -> at.truncatedTo(SECONDS).toString()).orElse("-"),
                        v.reason()))
            .toList());
    if (!told.devices().isEmpty()) {
      terminal.line("");
      terminal.line("devices:");
      told.devices().forEach(device -> terminal.line("  " + device));
    }
    terminal.line("");
    terminal.line("what would change it, the cheapest first:");
    told.ways().forEach(way -> terminal.line("  " + way));
  }

  /** {@code hatchery explain device}. */
  @Command(
      name = "device",
      description =
          "Say by which ways a device will get its bytes, what each costs, and why; and what a"
              + " rollout still wants of it.")
  static final class OneDevice extends ServerCommand {
    @Parameters(paramLabel = "DEVICE")
    private @Nullable String device;

    @Option(names = "--slot", paramLabel = "SLOT", description = "only this one")
    private @Nullable String slot;

    OneDevice(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      Explanation whole = client.explainDevice(new DeviceId(given(device)));
      Explanation shown = slot == null ? whole : only(whole, new Name(slot));
      if (json) terminal.json(Api.EXPLANATION.write(shown));
      else print(shown, terminal);
      return 0;
    }
  }

  static Explanation only(Explanation whole, Name slot) {
    List<String> lines =
        Optional.ofNullable(whole.slots().get(slot))
            .orElseThrow(
                () ->
                    Refusal.of(Code.NOT_FOUND, "this device has no such slot")
                        .expected("one of " + whole.slots().keySet())
                        .got(slot));
    return new Explanation(whole.device(), Map.of(slot, lines));
  }

  static void print(Explanation explanation, Terminal terminal) {
    explanation
        .slots()
        .forEach(
            (slot, lines) -> {
              terminal.line(explanation.device() + "/" + slot);
              lines.forEach(line -> terminal.line("  " + line));
            });
  }
}

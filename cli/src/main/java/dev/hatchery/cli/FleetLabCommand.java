package dev.hatchery.cli;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.lab.fleet.FleetLab;
import dev.hatchery.lab.fleet.FleetResult;
import dev.hatchery.lab.fleet.FleetSetting;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hatchery lab fleet}. */
@Command(
    name = "fleet",
    description = {
      "Simulate a fleet with the real server and the real agents, on a network, disks, clocks and"
          + " power that fail, and count what must never happen.",
      "A seed that fails is told on standard error, with the command that replays it."
    },
    mixinStandardHelpOptions = true)
final class FleetLabCommand implements Callable<Integer> {
  private static final int SEEDS_MAX = 1_000_000;

  private final Terminal terminal;

  @Option(names = "--devices", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
  private int devices = 12;

  @Option(
      names = "--days",
      paramLabel = "D",
      description = "of virtual time with faults; default: ${DEFAULT-VALUE}")
  private int days = 2;

  @Option(names = "--seed", paramLabel = "S", description = "default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(
      names = "--seeds",
      paramLabel = "K",
      description = "so many fleets, from seed S on; default: ${DEFAULT-VALUE}")
  private int seeds = 1;

  @Option(
      names = "--mode",
      paramLabel = "M",
      description = "safety: faults to the end; liveness: then calm, until all has come to rest")
  private String mode = "liveness";

  @Option(
      names = "--signatures",
      paramLabel = "KIND",
      description = "cheap: hashes that fail where signatures do; real: curves")
  private String signatures = "cheap";

  @Option(names = "--json", description = "one object of JSON")
  private boolean json;

  FleetLabCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (seeds < 1 || seeds > SEEDS_MAX) {
      throw Refusal.of(Code.BAD_INPUT, "this is no number of seeds")
          .expected("1 to " + SEEDS_MAX)
          .got(seeds);
    }
    var setting =
        new FleetSetting(
            devices,
            days,
            constant(FleetSetting.Mode.class, mode, "mode"),
            constant(FleetSetting.Signing.class, signatures, "kind of signatures"));
    FleetResult sum = FleetResult.NOTHING;
    long began = System.nanoTime();
    try (var lab = new FleetLab(setting, terminal.err()::println)) {
      began = System.nanoTime();
      for (int i = 0; i < seeds; i++) sum = sum.plus(lab.run(seed + i));
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    if (json) terminal.line(new String(Json.write(json(sum, seconds)), StandardCharsets.UTF_8));
    else print(sum, seconds);
    return sum.clean() ? 0 : 1;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String word, String what) {
    return Arrays.stream(type.getEnumConstants())
        .filter(c -> c.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Refusal.of(Code.BAD_INPUT, "there is no such " + what)
                    .expected(
                        Arrays.stream(type.getEnumConstants())
                            .map(c -> c.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")))
                    .got(word));
  }

  private static Node json(FleetResult sum, double seconds) {
    Tree violations = Tree.object();
    sum.violations().forEach((violation, n) -> violations.put(violation.label(), n.longValue()));
    return Tree.object()
        .put("steps", sum.steps())
        .put("deviceHours", Math.round(sum.deviceHours()))
        .put("seconds", Math.round(seconds * 10) / 10.0)
        .put("violations", violations.done())
        .put("reports", sum.reports())
        .put("healthyRollouts", sum.runs())
        .put("healthyCompleted", sum.completed())
        .done();
  }

  private void print(FleetResult sum, double seconds) {
    terminal.line(
        String.format(
            Locale.ROOT,
            "%d steps, %.0f device-hours in %.1f s (%.0f a second), %d reports",
            sum.steps(),
            sum.deviceHours(),
            seconds,
            sum.deviceHours() / seconds,
            sum.reports()));
    sum.violations().forEach((v, n) -> terminal.line("  " + v.label() + ": " + n));
    terminal.line(
        "healthy rollouts that completed in their window: "
            + sum.completed()
            + " of "
            + sum.runs());
  }
}

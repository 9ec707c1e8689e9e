package dev.hatchery.cli;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.lab.gates.GateLab;
import dev.hatchery.lab.gates.Kind;
import dev.hatchery.lab.gates.Row;
import dev.hatchery.lab.gates.Scenario;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hatchery lab …}. */
final class LabCommands {
  private static final int MAX_RUNS = 1_000_000;

  private LabCommands() {}

  /** {@code hatchery lab} alone says what there is. */
  @Command(
      name = "lab",
      description = {
        "Simulate fleets under virtual time, with the code that decides real rollouts.",
        "A run depends on its seed and number alone, so that one that went wrong can be replayed."
      },
      mixinStandardHelpOptions = true)
  static final class Lab implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** {@code hatchery lab gates}. */
  @Command(
      name = "gates",
      description = {
        "Roll out many times to 1,000 simulated devices (5, then 10%%, 30%%, 100%%), and say how"
            + " often the gates abort, next to a naive z-test and fixed thresholds on the same"
            + " devices.",
        "What is assumed of devices and releases is in docs/gates.md.",
        "Rollouts that end wrongly are told on standard error, with the command that replays them."
      },
      mixinStandardHelpOptions = true)
  static final class Gates implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
        names = "--runs",
        paramLabel = "N",
        description = "rollouts for each scenario and gate; default: ${DEFAULT-VALUE}")
    private int runs = 200;

    @Option(names = "--seed", paramLabel = "S", description = "default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(
        names = "--scenario",
        split = ",",
        paramLabel = "X",
        description =
            "only these: healthy, latency2x, errors10, errors20, crashloop, fault-tenth, silent,"
                + " dutycycle, diurnal, heterogeneous, autocorrelated")
    private List<String> wanted = List.of();

    @Option(
        names = "--replay",
        paramLabel = "RUN",
        description = "instead: this one run of one scenario, with every decision told")
    private @Nullable Long replay;

    @Option(names = "--json", description = "a row of JSON for each scenario and gate, one a line")
    private boolean json;

    Gates(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      if (runs < 1 || runs > MAX_RUNS) {
        throw Refusal.of(Code.BAD_INPUT, "this is no number of runs")
            .expected("1 to " + MAX_RUNS)
            .got(runs);
      }
      List<Scenario> scenarios =
          wanted.isEmpty()
              ? List.of(Scenario.values())
              : wanted.stream().map(Gates::scenario).toList();
      if (replay != null) return replayed(scenarios, OptionalLong.of(replay).getAsLong());
      GateLab lab = new GateLab(seed, terminal.err()::println);
      List<Row> rows = new ArrayList<>();
      for (Scenario scenario : scenarios) {
        for (Kind gate : Kind.values()) rows.add(shown(lab.measure(scenario, gate, runs)));
      }
      if (!json) print(rows);
      return 0;
    }

    private int replayed(List<Scenario> scenarios, long run) {
      if (scenarios.size() != 1 || run < 0) {
        throw Refusal.of(Code.BAD_INPUT, "a replay is of one run of one scenario")
            .expected("--scenario X --replay RUN, RUN 0 or more")
            .got(scenarios.size() + " scenarios, run " + run);
      }
      new GateLab(seed, terminal::line).replay(scenarios.getFirst(), Kind.HATCHERY, run);
      return 0;
    }

    private Row shown(Row row) {
      if (json) {
        terminal.line(new String(Json.write(json(row)), StandardCharsets.UTF_8));
        terminal.out().flush();
      }
      return row;
    }

    private static Scenario scenario(String label) {
      return Scenario.of(label)
          .orElseThrow(
              () ->
                  Fields.unknownWord(
                      Code.BAD_INPUT,
                      "there is no such scenario",
                      label,
                      Arrays.stream(Scenario.values()).map(Scenario::label).toList()));
    }

    private static Node json(Row row) {
      return Tree.object()
          .put("scenario", row.scenario().label())
          .put("gate", row.gate().label())
          .put("rollouts", row.rollouts())
          .put("aborted", row.aborted())
          .put("completed", row.completed())
          .put("heldToDeadline", row.heldToDeadline())
          .put("medianRequestsPerDevice", row.requestsPerDevice())
          .put("medianRequests", row.requests())
          .put("medianRawRequestsPerDevice", row.rawRequestsPerDevice())
          .put("medianMinutes", row.minutes())
          .put("maxDevicesOnBadRelease", row.devicesOnBadRelease())
          .put("maxCanaryDevices", row.canaries())
          .put("stoppedByStagePercent", Tree.map(row.stoppedByStage(), n -> Tree.integer(n)))
          .done();
    }

    private void print(List<Row> rows) {
      terminal.table(
          List.of(
              "SCENARIO",
              "GATE",
              "ROLLOUTS",
              "ABORTED",
              "COMPLETED",
              "HELD",
              "SAMPLES/DEVICE",
              "SAMPLES",
              "RAW/DEVICE",
              "MINUTES",
              "ON BAD",
              "BY 30%"),
          rows.stream().map(Gates::cells).toList());
    }

    private static List<String> cells(Row row) {
      return List.of(
          row.scenario().label(),
          row.gate().label(),
          "" + row.rollouts(),
          percent(row.aborted(), row),
          percent(row.completed(), row),
          percent(row.heldToDeadline(), row),
          fixed(row.requestsPerDevice()),
          fixed(row.requests()),
          fixed(row.rawRequestsPerDevice()),
          fixed(row.minutes()),
          "" + row.devicesOnBadRelease(),
          percent(row.stoppedByStage().getOrDefault("30", 0), row));
    }

    private static String percent(int count, Row row) {
      return String.format(Locale.ROOT, "%.2f%%", 100.0 * count / row.rollouts());
    }

    private static String fixed(double value) {
      return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }
  }
}

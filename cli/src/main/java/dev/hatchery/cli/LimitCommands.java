package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What transfers may cost. */
final class LimitCommands {
  private LimitCommands() {}

  /** {@code hatchery limits}, above the others. */
  @Command(name = "limits", description = "Bound what downloads may take and cost.")
  static final class All implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word")
          .expected("limits show or apply");
    }
  }

  /** {@code hatchery limits show}. */
  @Command(name = "show", description = "Show the limits in force.")
  static final class Show extends ServerCommand {
    Show(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      print(client.limits(), terminal, json);
      return 0;
    }
  }

  /** {@code hatchery limits apply}. */
  @Command(
      name = "apply",
      description = "Replace all limits by a file's; they hold from the next lease on.")
  static final class Apply extends ServerCommand {
    @Option(names = "-f", required = true, paramLabel = "limits.yaml")
    private @Nullable Path file;

    private @Nullable Limits limits;

    Apply(Terminal terminal) {
      super(terminal);
    }

    @Override
    void prepare() {
      Path from = given(file);
      String yaml = new String(Disk.read(from), StandardCharsets.UTF_8);
      limits = Wire.LIMITS.read(Yaml.parse(yaml, from.toString()));
    }

    @Override
    Integer run(OperatorClient client) {
      print(client.setLimits(given(limits)), terminal, json);
      return 0;
    }
  }

  private static void print(Limits limits, Terminal terminal, boolean json) {
    if (json) {
      terminal.json(Wire.LIMITS.write(limits));
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "server",
            number(limits.server().concurrentDownloads()),
            rate(limits.server().rate()),
            "-",
            "-",
            "-"));
    limits.sites().forEach((name, site) -> rows.add(row("site " + name, site)));
    rows.add(row("other sites", limits.otherSites()));
    rows.add(List.of("each device", "-", rate(limits.deviceRate()), "-", "-", "-"));
    terminal.table(List.of("OF", "DOWNLOADS", "RATE", "A DAY", "A MONTH", "BILLED FROM"), rows);
  }

  private static List<String> row(String name, Limits.Site site) {
    return List.of(
        name,
        number(site.concurrentDownloads()),
        rate(site.rate()),
        size(site.dailyBudget()),
        size(site.monthlyCap()),
        "day " + site.firstDayOfBillingMonth());
  }

  private static String number(OptionalInt number) {
    return number.isPresent() ? String.valueOf(number.getAsInt()) : "-";
  }

  private static String rate(Optional<DataSize> rate) {
    return rate.map(r -> r + "/s").orElse("-");
  }

  private static String size(Optional<DataSize> size) {
    return size.map(DataSize::toString).orElse("-");
  }
}

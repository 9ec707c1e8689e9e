package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.LabelsImported;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.SiteRequest;
import dev.hatchery.wire.api.SiteView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What operators say of devices and sites. */
final class LabelCommands {
  private LabelCommands() {}

  /** {@code hatchery labels}, above the others. */
  @Command(name = "labels", description = "Labels of many devices at once, as a sheet.")
  static final class All implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word")
          .expected("labels export, or labels import");
    }
  }

  /** {@code hatchery labels export}. */
  @Command(
      name = "export",
      description = "Write the labels that hold for each device as CSV: device,site,zone,…")
  static final class Export extends ServerCommand {
    @Option(
        names = {"-o", "--out"},
        paramLabel = "FILE",
        description = "where to write it; default: standard output")
    private @Nullable Path out;

    Export(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      byte[] sheet = client.labels();
      if (out != null) Disk.write(out, sheet);
      else terminal.out().print(new String(sheet, StandardCharsets.UTF_8));
      return 0;
    }
  }

  /** {@code hatchery labels import}. */
  @Command(
      name = "import",
      description = {
        "Take labels from a CSV file: device,site,zone,… An empty cell leaves a label alone, -"
            + " takes an operator's away. All of the file is taken, or nothing."
      })
  static final class Import extends ServerCommand {
    @Parameters(paramLabel = "FILE", description = "CSV in UTF-8, at most 100000 rows")
    private @Nullable Path file;

    @Option(names = "--dry-run", description = "say what would change, and change nothing")
    private boolean dryRun;

    Import(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      LabelsImported done = send(client, given(file));
      if (json) terminal.json(Api.LABELS_IMPORTED.write(done));
      else print(done);
      return 0;
    }

    private LabelsImported send(OperatorClient client, Path from) {
      try {
        return client.importLabels(Disk.read(from), dryRun);
      } catch (Refusal refusal) {
        String where = refusal.problem().where();
        throw where.startsWith("line ") ? refusal.at(from + ", " + where) : refusal;
      }
    }

    private void print(LabelsImported done) {
      terminal.line(
          "%s%d of %d devices: %d labels set, %d taken away"
              .formatted(
                  dryRun ? "would change " : "changed ",
                  done.devices(),
                  done.rows(),
                  done.set(),
                  done.removed()));
      if (!done.newKeys().isEmpty()) {
        terminal.line("labels that no device had: " + String.join(", ", done.newKeys()));
      }
      for (LabelsImported.Change change : done.first()) {
        terminal.line(
            "  line %d  %s  %s: %s -> %s"
                .formatted(
                    change.line(),
                    change.device(),
                    change.label(),
                    change.from().orElse("(none)"),
                    change.to().orElse("(none)")));
      }
      long more = done.set() + done.removed() - done.first().size();
      if (more > 0) terminal.line("  and " + more + " more");
    }
  }

  /** {@code hatchery site}, above the others. */
  @Command(name = "site", description = "What is known of a site.")
  static final class Site implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word").expected("site set");
    }
  }

  /** {@code hatchery site set}. */
  @Command(
      name = "set",
      description = "Say which zone a site is in, for its devices whose labels name none.")
  static final class SetSite extends ServerCommand {
    @Parameters(paramLabel = "SITE")
    private @Nullable String site;

    @ArgGroup(multiplicity = "1")
    private Zone zone = new Zone();

    /** One of both. */
    static final class Zone {
      @Option(names = "--zone", paramLabel = "ZONE", description = "for example Europe/Rome")
      private @Nullable String name;

      @Option(names = "--no-zone", description = "it is not known any more")
      private boolean none;

      Optional<ZoneId> asked() {
        return none || name == null ? Optional.empty() : Optional.of(Labels.zoneOf(name));
      }
    }

    SetSite(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      SiteView set = client.setSite(new SiteRequest(given(site), zone.asked()));
      if (json) terminal.json(Api.SITE.write(set));
      else terminal.line(set.site() + "  " + zone(set));
      return 0;
    }
  }

  /** {@code hatchery sites}. */
  @Command(name = "sites", description = "List the sites whose zone is known.")
  static final class Sites extends ServerCommand {
    Sites(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<SiteView> sites = client.sites();
      if (json) terminal.json(Api.SITES.write(Page.all(sites)));
      else {
        terminal.table(
            List.of("SITE", "ZONE"),
            sites.stream().map(site -> List.of(site.site(), zone(site))).toList());
      }
      return 0;
    }
  }

  private static String zone(SiteView site) {
    return site.zone().map(ZoneId::getId).orElse("-");
  }
}

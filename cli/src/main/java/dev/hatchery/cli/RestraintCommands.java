package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView;
import dev.hatchery.wire.api.RestraintView;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What operators put in the way of rollouts: pins, holds, freezes. */
final class RestraintCommands {
  // Begins where the server's clock is a little behind, too.
  private static final Duration BEHIND = Duration.ofMinutes(5);

  private RestraintCommands() {}

  /** What the commands that put something in the way share. */
  abstract static class Adding extends ServerCommand {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "for the record, and for whoever asks why; at most 512 characters")
    private @Nullable String reason;

    Adding(Terminal terminal) {
      super(terminal);
    }

    abstract Restraint restraint(String why);

    @Override
    final Integer run(OperatorClient client) {
      RestraintView added = client.restrain(restraint(given(reason)));
      if (json) terminal.json(Api.RESTRAINT_VIEW.write(added));
      else terminal.line(told(added));
      return 0;
    }
  }

  /** {@code hatchery pin}. */
  @Command(
      name = "pin",
      description =
          "Keep a slot of a device, or of those that a selector takes, on what it has, or on a"
              + " release that is named: rollouts leave it out until it is let go.")
  static final class Pin extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "DEVICE")
    private @Nullable String device;

    @Option(names = "--selector", paramLabel = "S", description = "instead of a device")
    private @Nullable String selector;

    @Option(names = "--slot", required = true, paramLabel = "S")
    private @Nullable String slot;

    @Option(
        names = "--release",
        paramLabel = "NAME@VERSION",
        description = "order this first, with a trial; default: what each has")
    private @Nullable String release;

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "for the record, and for whoever asks why; at most 512 characters")
    private @Nullable String reason;

    @Option(names = "--dry-run", description = "with --release: do nothing; say what it would do")
    private boolean dryRun;

    Pin(Terminal terminal) {
      super(terminal);
    }

    @Override
    void prepare() {
      if (dryRun && release == null) {
        throw Refusal.of(Code.BAD_INPUT, "a pin to what a device has moves nothing")
            .expected("--release beside --dry-run");
      }
    }

    @Override
    Integer run(OperatorClient client) {
      if (release != null) return place(client, release);
      RestraintView added = client.restrain(restraint(given(reason)));
      if (json) terminal.json(Api.RESTRAINT_VIEW.write(added));
      else terminal.line(told(added));
      return 0;
    }

    private Integer place(OperatorClient client, String named) {
      var request =
          new PlacementRequest(
              PlacementRequest.Kind.PIN,
              new Name(given(slot)),
              Optional.ofNullable(device).map(DeviceId::new),
              Optional.ofNullable(selector).map(Selector::parse),
              Optional.of(ReleaseId.parse(named)),
              given(reason));
      PlacementView done = dryRun ? client.tryPlacing(request) : client.place(request);
      if (json) terminal.json(Api.PLACEMENT.write(done));
      else PlacementText.asked(done, terminal);
      return 0;
    }

    private Restraint restraint(String why) {
      return new Restraint(
          Restraint.Kind.PIN,
          Optional.of(new Name(given(slot))),
          Optional.ofNullable(device).map(DeviceId::new),
          Optional.ofNullable(selector).map(Selector::parse),
          Instant.now().minus(BEHIND),
          Optional.empty(),
          why);
    }
  }

  /** {@code hatchery hold}. */
  @Command(
      name = "hold",
      description =
          "Give a device, or those that a selector takes, no new order for a while; a stage waits"
              + " for them. They still go back when they must. Other updaters ask with acquire.")
  static final class Hold extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "DEVICE")
    private @Nullable String device;

    @Option(names = "--selector", paramLabel = "S", description = "instead of a device")
    private @Nullable String selector;

    // Not required by picocli, which would ask for them beside acquire, release and status, too.
    @Option(names = "--for", paramLabel = "T", description = "for example 2h")
    private @Nullable String time;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "for the record, and for whoever asks why; at most 512 characters")
    private @Nullable String reason;

    Hold(Terminal terminal) {
      super(terminal);
    }

    @Override
    void prepare() {
      if (time != null && reason != null) return;
      throw Refusal.of(Code.BAD_INPUT, "a hold needs a time and a reason")
          .expected("--for and --reason")
          .fix("for example hatchery hold edge-7 --for 2h --reason repairs");
    }

    @Override
    Integer run(OperatorClient client) {
      RestraintView added = client.restrain(restraint(given(reason)));
      if (json) terminal.json(Api.RESTRAINT_VIEW.write(added));
      else terminal.line(told(added));
      return 0;
    }

    private Restraint restraint(String why) {
      Instant now = Instant.now();
      return new Restraint(
          Restraint.Kind.HOLD,
          Optional.empty(),
          Optional.ofNullable(device).map(DeviceId::new),
          Optional.ofNullable(selector).map(Selector::parse),
          now.minus(BEHIND),
          Optional.of(now.plus(Durations.parse(given(time)))),
          why);
    }
  }

  /** {@code hatchery freeze}, above the others. */
  @Command(name = "freeze", description = "Times in which rollouts order no device anything.")
  static final class Freeze implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word")
          .expected("freeze add, list or remove");
    }
  }

  /** {@code hatchery freeze add}. */
  @Command(
      name = "add",
      description =
          "Let rollouts order no device anything for a time. Aborts and rollbacks are never"
              + " frozen.")
  static final class FreezeAdd extends Adding {
    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "ISO 8601 in UTC, for example 2026-12-23T12:00:00Z; default: now")
    private @Nullable String from;

    @Option(names = "--to", required = true, paramLabel = "TIME", description = "likewise")
    private @Nullable String to;

    FreezeAdd(Terminal terminal) {
      super(terminal);
    }

    @Override
    Restraint restraint(String why) {
      return new Restraint(
          Restraint.Kind.FREEZE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          from == null ? Instant.now().minus(BEHIND) : instant(from),
          Optional.of(instant(given(to))),
          why);
    }
  }

  /** {@code hatchery unpin}, {@code unhold}, {@code freeze remove}. */
  @Command
  static final class Remove extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "as the list shows it")
    private long id;

    Remove(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      RestraintView gone = client.release(id);
      if (json) terminal.json(Api.RESTRAINT_VIEW.write(gone));
      else terminal.line("taken away: " + told(gone));
      return 0;
    }
  }

  /** {@code hatchery pins}, {@code holds}, {@code freeze list}. */
  @Command
  static final class ListAll extends ServerCommand {
    private final Restraint.Kind kind;

    ListAll(Terminal terminal, Restraint.Kind kind) {
      super(terminal);
      this.kind = kind;
    }

    @Override
    Integer run(OperatorClient client) {
      List<RestraintView> all =
          client.restraints().stream().filter(v -> v.restraint().kind() == kind).toList();
      if (json) {
        terminal.json(Api.RESTRAINTS.write(Page.all(all)));
        return 0;
      }
      terminal.table(
          List.of("ID", "WHOM", "SLOT", "FROM", "UNTIL", "BY", "REASON"),
          all.stream().map(ListAll::row).toList());
      return 0;
    }

    private static List<String> row(RestraintView view) {
      Restraint r = view.restraint();
      return List.of(
          String.valueOf(view.id()),
          whom(r),
          r.slot().map(Name::value).orElse("-"),
          seconds(r.from()),
          r.until().map(RestraintCommands::seconds).orElse("-"),
          view.by() + view.owner().map(o -> " for " + o).orElse(""),
          r.reason());
    }
  }

  private static String told(RestraintView view) {
    Restraint r = view.restraint();
    return r.kind().name().toLowerCase(Locale.ROOT)
        + " "
        + view.id()
        + " on "
        + whom(r)
        + r.slot().map(slot -> ", slot " + slot).orElse("")
        + r.until().map(end -> ", until " + seconds(end)).orElse("")
        + ": "
        + r.reason();
  }

  private static String whom(Restraint r) {
    return r.device()
        .map(DeviceId::value)
        .or(() -> r.selector().map(Selector::toString))
        .orElse("all devices");
  }

  private static String seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a time")
          .expected("ISO 8601 in UTC, for example 2026-12-23T12:00:00Z")
          .got(text)
          .cause(e);
    }
  }
}

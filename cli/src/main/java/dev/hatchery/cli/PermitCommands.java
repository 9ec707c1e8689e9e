package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.PermitRequest;
import dev.hatchery.wire.api.PermitView;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Another updater's side of the interlock: it asks before it changes a device. */
final class PermitCommands {
  /** Not now: sysexits' EX_TEMPFAIL, so that a script can tell it from a refusal. */
  static final int ASK_AGAIN = 75;

  private static final Duration BETWEEN = Duration.ofSeconds(10);

  private PermitCommands() {}

  /** What the three words share. */
  abstract static class About extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "DEVICE")
    private @Nullable String device;

    @Option(names = "--selector", paramLabel = "S", description = "instead of a device")
    private @Nullable String selector;

    @Option(
        names = "--owner",
        required = true,
        paramLabel = "NAME",
        description = "who asks, for example mender; with the device it names the permit")
    private @Nullable String owner;

    About(Terminal terminal) {
      super(terminal);
    }

    final PermitRequest request(String reason, Duration time, Optional<String> changed) {
      return new PermitRequest(
          Optional.ofNullable(device).map(DeviceId::new),
          Optional.ofNullable(selector).map(Selector::parse),
          given(owner),
          reason,
          time,
          changed);
    }

    final int told(PermitView view) {
      if (json) terminal.json(Api.PERMIT.write(view));
      else terminal.line(line(view));
      return view.state() == PermitView.State.WAIT ? ASK_AGAIN : 0;
    }

    private static String line(PermitView view) {
      String until = view.until().map(at -> " " + at.truncatedTo(ChronoUnit.SECONDS)).orElse("");
      return switch (view.state()) {
        case GRANTED -> "granted until" + until + " (hold " + view.restraint().orElse(0L) + ")";
        case WAIT ->
            "wait"
                + (until.isEmpty() ? "" : " until" + until)
                + ": "
                + String.join("; ", view.why());
        case NONE -> "not held; nothing is in the way";
      };
    }
  }

  /** {@code hatchery hold acquire}. */
  @Command(
      name = "acquire",
      description =
          "Ask, as another updater, for leave to change devices: granted at once (exit 0) when no"
              + " rollout has them on trial or under watch; else say what it waits for (exit 75)."
              + " While it is granted rollouts order them nothing. Asking again renews it.")
  static final class Acquire extends About {
    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "for people")
    private @Nullable String reason;

    @Option(
        names = "--for",
        defaultValue = "1h",
        paramLabel = "T",
        description = "then it ends by itself; default 1h, at most 24h")
    private String time = "1h";

    @Option(
        names = "--wait",
        defaultValue = "0s",
        paramLabel = "T",
        description = "ask again for so long before saying no; default 0s")
    private String patience = "0s";

    Acquire(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      PermitRequest request = request(given(reason), Durations.parse(time), Optional.empty());
      long deadline = System.nanoTime() + Durations.parse(patience).toNanos();
      PermitView view = client.acquire(request);
      while (view.state() == PermitView.State.WAIT && pause(deadline - System.nanoTime())) {
        view = client.acquire(request);
      }
      return told(view);
    }

    private static boolean pause(long left) {
      if (left <= 0) return false;
      try {
        Thread.sleep(Duration.ofNanos(Math.min(left, BETWEEN.toNanos())));
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Refusal.of(Code.SLOW, "interrupted while waiting for leave").cause(e);
      }
    }
  }

  /** {@code hatchery hold release}. */
  @Command(
      name = "release",
      description = "Let go of what was granted; to let go of what is not held changes nothing.")
  static final class Release extends About {
    @Option(
        names = "--changed",
        paramLabel = "TEXT",
        description = "what was changed: begins the interlock even before the device tells of it")
    private @Nullable String changed;

    Release(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      return told(client.letGo(request("", PermitRequest.DEFAULT, Optional.ofNullable(changed))));
    }
  }

  /** {@code hatchery hold status}. */
  @Command(
      name = "status",
      description = "Say whether it is granted, or what it would wait for (exit 75).")
  static final class Status extends About {
    Status(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      return told(client.permit(request("", PermitRequest.DEFAULT, Optional.empty())));
    }
  }
}

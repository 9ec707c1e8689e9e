package dev.hatchery.cli;

import dev.hatchery.bundle.sign.PublicKeys;
import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.ChannelView;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import dev.hatchery.wire.api.EnrolmentTokenView;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the server knows: its key, its devices and channels, its record. */
final class FleetCommands {
  private FleetCommands() {}

  /** {@code hatchery director}. */
  @Command(
      name = "director",
      description = "Fetch the server's public director key, for the trust document.")
  static final class Director extends ServerCommand {
    @Option(
        names = {"-o", "--out"},
        required = true,
        paramLabel = "FILE",
        description = "where to write it (PEM)")
    private @Nullable Path out;

    Director(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      var key = client.director().key();
      Path file = given(out);
      PublicKeys.write(key, file);
      if (json) terminal.json(Tree.object().put("file", file).put("keyId", key.id()).done());
      else terminal.line(file + "  " + key.id());
      return 0;
    }
  }

  /** {@code hatchery devices}. */
  @Command(name = "devices", description = "List the devices, or show one.")
  static final class Devices extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "DEVICE", description = "show this one")
    private @Nullable String device;

    Devices(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<DeviceView> devices =
          device == null ? client.devices() : List.of(client.device(new DeviceId(device)));
      if (json && device != null) terminal.json(Api.DEVICE.write(devices.getFirst()));
      else if (json) terminal.json(Api.DEVICES.write(Page.all(devices)));
      else print(devices);
      return 0;
    }

    private void print(List<DeviceView> devices) {
      List<List<String>> rows = new ArrayList<>();
      Instant now = Instant.now();
      for (DeviceView device : devices) {
        device
            .slots()
            .forEach(
                (name, slot) ->
                    rows.add(
                        List.of(
                            device.id().value(),
                            labels(device),
                            name + "/" + slot.channel(),
                            release(slot.ordered()),
                            release(slot.running()),
                            slot.status().map(s -> Fields.word(s.state())).orElse("-"),
                            device.lastSeen().map(at -> ago(at, now)).orElse("never"))));
      }
      terminal.table(
          List.of("DEVICE", "LABELS", "SLOT", "ORDERED", "RUNNING", "STATE", "SEEN"), rows);
    }
  }

  /** The labels that hold; beside an operator's, what the device itself says. */
  static String labels(DeviceView device) {
    return device.labels().values().entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue() + outranked(device, label))
        .collect(Collectors.joining(","));
  }

  private static String outranked(DeviceView device, Map.Entry<String, String> label) {
    Optional<String> own = device.own().get(label.getKey());
    return own.filter(value -> !value.equals(label.getValue()))
        .map(value -> " (own: " + value + ")")
        .orElse("");
  }

  /** {@code hatchery channels}. */
  @Command(name = "channels", description = "List the channels with their heads.")
  static final class Channels extends ServerCommand {
    Channels(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<ChannelView> channels = client.channels();
      if (json) {
        terminal.json(Api.CHANNELS.write(Page.all(channels)));
        return 0;
      }
      terminal.table(
          List.of("SLOT", "CHANNEL", "HEAD", "PREVIOUS", "DEVICES"),
          channels.stream()
              .map(
                  c ->
                      List.of(
                          c.slot().value(),
                          c.channel().value(),
                          release(c.head()),
                          release(c.previous()),
                          String.valueOf(c.devices())))
              .toList());
      return 0;
    }
  }

  /** {@code hatchery enrolment new}. */
  @Command(name = "new", description = "Make an enrolment file: all that devices need to join.")
  static final class NewEnrolment extends ServerCommand {
    @Option(
        names = "--uses",
        defaultValue = "1",
        paramLabel = "N",
        description = "how many devices may join with it, default 1")
    private int uses = 1;

    @Option(
        names = "--valid-for",
        defaultValue = "1h",
        paramLabel = "T",
        description = "default 1h, at most 24h")
    private String validFor = "1h";

    @Option(
        names = {"-o", "--out"},
        required = true,
        paramLabel = "FILE",
        description = "where to write it (0600: it holds a token)")
    private @Nullable Path out;

    NewEnrolment(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      Path file = given(out);
      EnrolmentTokenView token =
          client.enrolmentToken(new EnrolmentTokenRequest(uses, Durations.parse(validFor)));
      String text = Json.pretty(Wire.ENROLMENT_FILE.write(token.file()));
      Disk.writeSecret(file, text.getBytes(StandardCharsets.UTF_8));
      Instant until = token.expires().truncatedTo(ChronoUnit.SECONDS);
      if (json) {
        terminal.json(
            Tree.object()
                .put("file", file)
                .put("id", token.id())
                .put("uses", uses)
                .put("expires", until)
                .done());
      } else {
        terminal.line(file + "  for " + uses + " devices, until " + until);
      }
      return 0;
    }
  }

  /** {@code hatchery audit}. */
  @Command(name = "audit", description = "Print the record of every change.")
  static final class Audit extends ServerCommand {
    @Option(
        names = "--after",
        defaultValue = "0",
        paramLabel = "N",
        description = "only records after this number")
    private long after;

    Audit(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<AuditView> records = client.audit(after);
      if (json) {
        terminal.json(Api.AUDITS.write(Page.all(records)));
        return 0;
      }
      for (AuditView a : records) {
        terminal.line(
            "%d  %s  %s  %s  %s  %s"
                .formatted(
                    a.seq(),
                    a.at().truncatedTo(ChronoUnit.MILLIS),
                    a.actor(),
                    a.action(),
                    a.object(),
                    a.detail()));
      }
      return 0;
    }
  }

  static String release(Optional<ReleaseId> release) {
    return release.map(ReleaseId::toString).orElse("-");
  }

  private static String ago(Instant at, Instant now) {
    long seconds = Math.max(0, Duration.between(at, now).toSeconds());
    return seconds < 120
        ? seconds + "s ago"
        : Durations.format(Duration.ofMinutes(seconds / 60)) + " ago";
  }

  /** A command without work of its own, above others. */
  @Command(name = "enrolment", description = "Let devices join.")
  static final class Enrolment implements Callable<Integer> {
    @Override
    public Integer call() {
      throw Refusal.of(Code.BAD_INPUT, "this command needs another word").expected("enrolment new");
    }
  }
}

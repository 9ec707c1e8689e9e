package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.ChannelView;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView;
import dev.hatchery.wire.api.RollbackRequest;
import dev.hatchery.wire.api.RollbackView;
import dev.hatchery.wire.api.RolloutView;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The way back: of a channel, of a selector's devices, of one device. */
final class RollbackCommands {
  private RollbackCommands() {}

  /** {@code hatchery rollback}. */
  @Command(
      name = "rollback",
      description =
          "Go back, without a download and outside windows and limits. A channel: its rollout is"
              + " aborted, or it returns to the release before. A device, or those that a selector"
              + " takes: to what each had before, where they stay until rollback undo.")
  static final class Rollback extends ServerCommand {
    @Option(names = "--channel", paramLabel = "C")
    private @Nullable String channel;

    @Option(names = "--device", paramLabel = "D", description = "instead of a channel")
    private @Nullable String device;

    @Option(names = "--selector", paramLabel = "S", description = "instead of a channel")
    private @Nullable String selector;

    @Option(
        names = "--slot",
        paramLabel = "S",
        description =
            "of a channel, needed only when its name stands in several slots; else always")
    private @Nullable String slot;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description =
            "for the record and for the devices; needed for a device or selector; at most 512"
                + " characters")
    private @Nullable String reason;

    @Option(
        names = "--from",
        paramLabel = "NAME@VERSION",
        description =
            "of a channel: leave this head; where it has another by then, nothing happens. Needed"
                + " to go further back after a rollback")
    private @Nullable String from;

    @Option(names = "--dry-run", description = "do nothing; say what it would do")
    private boolean dryRun;

    Rollback(Terminal terminal) {
      super(terminal);
    }

    @Override
    void prepare() {
      long named = Stream.of(channel, device, selector).filter(n -> n != null).count();
      if (named != 1) {
        throw Refusal.of(Code.BAD_INPUT, "it is not clear what is to go back")
            .expected("one of --channel, --device and --selector")
            .got(named);
      }
      if (channel == null && (slot == null || reason == null)) {
        throw Refusal.of(Code.BAD_INPUT, "a rollback of devices needs a slot and a reason")
            .expected("--slot and --reason")
            .fix(
                "for example hatchery rollback --device edge-7 --slot vision --reason \"dirty"
                    + " lens\"");
      }
      if (channel == null && from != null) {
        throw Refusal.of(Code.BAD_INPUT, "only a channel has a head to leave").got("--from");
      }
    }

    @Override
    Integer run(OperatorClient client) {
      if (channel == null) return devices(client);
      Name name = new Name(channel);
      Name in = slot == null ? onlySlotOf(client, name) : new Name(slot);
      if (dryRun) return tryChannel(client, in, name);
      RollbackView done =
          client.rollback(
              in,
              name,
              new RollbackRequest(
                  reason == null ? "by hand" : reason,
                  Optional.ofNullable(from).map(ReleaseId::parse)));
      if (json) terminal.json(Api.ROLLBACK.write(done));
      else terminal.line(told(done));
      return 0;
    }

    private Integer devices(OperatorClient client) {
      var request =
          new PlacementRequest(
              PlacementRequest.Kind.ROLLBACK,
              new Name(given(slot)),
              Optional.ofNullable(device).map(DeviceId::new),
              Optional.ofNullable(selector).map(Selector::parse),
              Optional.empty(),
              given(reason));
      PlacementView done = dryRun ? client.tryPlacing(request) : client.place(request);
      if (json) terminal.json(Api.PLACEMENT.write(done));
      else PlacementText.asked(done, terminal);
      return 0;
    }

    // The server is asked nothing that it could do: a channel's rollback takes what it finds then.
    private Integer tryChannel(OperatorClient client, Name in, Name name) {
      ChannelView found =
          client.channels().stream()
              .filter(c -> c.slot().equals(in) && c.channel().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      Refusal.of(Code.NOT_FOUND, "there is no such channel").got(in + "/" + name));
      Optional<RolloutView> active =
          client.rollouts().stream()
              .filter(r -> r.slot().equals(in) && r.channel().equals(name))
              .filter(r -> r.finishedAt().isEmpty())
              .findFirst();
      terminal.line("nothing was done; it would be:");
      terminal.line(active.map(r -> would(in, name, r)).orElseGet(() -> would(found)));
      return 0;
    }

    private static String would(Name slot, Name channel, RolloutView active) {
      return slot
          + "/"
          + channel
          + ": rollout "
          + active.id()
          + " of "
          + active.release()
          + " is aborted, or on its way back already; "
          + active.devicesTouched()
          + " devices go back"
          + active.previous().map(r -> " to " + r).orElse("");
    }

    private static String would(ChannelView channel) {
      String where = channel.slot() + "/" + channel.channel();
      return channel
          .previous()
          .map(
              before ->
                  where
                      + ": at most "
                      + channel.devices()
                      + " devices go back from "
                      + channel.head().map(ReleaseId::toString).orElse("nothing")
                      + " to "
                      + before
                      + ", unless it was taken back already")
          .orElse(where + ": there is no release to go back to");
    }

    private static Name onlySlotOf(OperatorClient client, Name name) {
      List<Name> slots =
          client.channels().stream()
              .filter(c -> c.channel().equals(name))
              .map(c -> c.slot())
              .toList();
      if (slots.size() == 1) return slots.getFirst();
      throw Refusal.of(
              slots.isEmpty() ? Code.NOT_FOUND : Code.BAD_INPUT,
              "which channel is meant is not clear")
          .expected("one slot with a channel " + name)
          .got(slots.isEmpty() ? "none" : slots)
          .fix("see hatchery channels, and say --slot");
    }

    private static String told(RollbackView done) {
      String where = done.slot() + "/" + done.channel();
      String to = done.to().map(r -> " to " + r).orElse("");
      return switch (done.how()) {
        case ROLLOUT_ABORTED ->
            where
                + ": rollout of "
                + done.from()
                + " aborted; "
                + done.devices()
                + " devices go back"
                + to;
        case UNDER_WAY -> where + ": a rollback from " + done.from() + to + " is under way already";
        case HEAD_MOVED ->
            where + ": " + done.devices() + " devices go back from " + done.from() + to;
      };
    }
  }

  /** {@code hatchery rollback list}. */
  @Command(
      name = "list",
      description = "List what was done to devices by hand, the newest first, and how far it is.")
  static final class ListAll extends ServerCommand {
    ListAll(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      List<PlacementView> all = client.placements();
      if (json) terminal.json(Api.PLACEMENTS.write(Page.all(all)));
      else PlacementText.list(all, terminal);
      return 0;
    }
  }

  /** {@code hatchery rollback status}. */
  @Command(name = "status", description = "Say where each device of one stands.")
  static final class Status extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "as the list shows it")
    private long id;

    Status(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      PlacementView found = client.placement(id);
      if (json) terminal.json(Api.PLACEMENT.write(found));
      else PlacementText.print(found, terminal);
      return 0;
    }
  }

  /** {@code hatchery rollback undo}. */
  @Command(
      name = "undo",
      description = "Let the devices of one go: each goes where its channel is by now.")
  static final class Undo extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "as the list shows it")
    private long id;

    @Option(
        names = "--reason",
        defaultValue = "by hand",
        paramLabel = "TEXT",
        description = "for the record")
    private String reason = "by hand";

    Undo(Terminal terminal) {
      super(terminal);
    }

    @Override
    Integer run(OperatorClient client) {
      PlacementView gone = client.undoPlacing(id, reason);
      if (json) terminal.json(Api.PLACEMENT.write(gone));
      else PlacementText.print(gone, terminal);
      return 0;
    }
  }
}

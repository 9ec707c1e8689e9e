package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.wire.api.RolloutView;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What more than one person has a say in. */
final class LifecycleCommands {
  private LifecycleCommands() {}

  /** {@code hatchery rollout approve}. */
  @Command(
      name = "approve",
      description =
          "Say yes to the stage that waits for it. Whoever started the rollout cannot: use a token"
              + " of your own.")
  static final class Approve extends RolloutCommands.OneRollout {
    @Option(
        names = "--comment",
        defaultValue = "",
        paramLabel = "TEXT",
        description = "for the record, at most 512 characters")
    private String comment = "";

    Approve(Terminal terminal) {
      super(terminal);
    }

    @Override
    RolloutView act(OperatorClient client, String id) {
      return client.approve(id, comment);
    }
  }

  /** {@code hatchery rollout reject}. */
  @Command(
      name = "reject",
      description = "Say no to the stage that waits: the rollout is aborted, and devices go back.")
  static final class Reject extends RolloutCommands.OneRollout {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "for the record, at most 512 characters")
    private @Nullable String reason;

    Reject(Terminal terminal) {
      super(terminal);
    }

    @Override
    RolloutView act(OperatorClient client, String id) {
      return client.reject(id, given(reason));
    }
  }

  /** {@code hatchery rollout undo}. */
  @Command(
      name = "undo",
      description =
          "Take back what a channel's newest rollout has come to: a completed one's head goes back;"
              + " one that was rolled back orders its release again to the devices that had it"
              + " confirmed. Again, and all is as before.")
  static final class Undo extends RolloutCommands.OneRollout {
    @Option(
        names = "--reason",
        defaultValue = "by hand",
        paramLabel = "TEXT",
        description = "for the record, at most 512 characters")
    private String reason = "by hand";

    Undo(Terminal terminal) {
      super(terminal);
    }

    @Override
    RolloutView act(OperatorClient client, String id) {
      return client.undo(id, reason);
    }
  }
}

package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Restraint;
import dev.hatchery.wire.api.RolloutView;
import java.util.function.BiFunction;
import picocli.CommandLine;

/** The tree of commands. */
final class Commands {
  private Commands() {}

  static void addTo(CommandLine root, Terminal t) {
    root.addSubcommand(new DemoCommand(t));
    root.addSubcommand(new KeysCommand(t));
    root.addSubcommand(new TrustCommand(t));
    root.addSubcommand(new PolicyCommand(t));
    root.addSubcommand(new OptimiseCommand(t));
    root.addSubcommand(new BundleCommand(t));
    root.addSubcommand(
        new CommandLine(new DeltaCommand(t)).addSubcommand(new DeltaBenchCommand(t)));
    root.addSubcommand(
        new CommandLine(new LabCommands.Lab())
            .addSubcommand(new LabCommands.Gates(t))
            .addSubcommand(new FleetLabCommand(t)));
    root.addSubcommand(new ReleaseCommands.Push(t));
    root.addSubcommand(
        new CommandLine(new ReleaseCommands.Releases(t))
            .addSubcommand(new ReleaseCommands.Create(t)));
    root.addSubcommand(
        new CommandLine(new RolloutCommands.Rollout())
            .addSubcommand(new RolloutCommands.Apply(t))
            .addSubcommand(new PreflightCommand(t))
            .addSubcommand(new RehearseCommand(t))
            .addSubcommand(new RolloutCommands.ListAll(t))
            .addSubcommand(
                verb(
                    t,
                    "status",
                    "Say where a rollout stands, and what every gate says.",
                    OperatorClient::rollout))
            .addSubcommand(
                verb(
                    t,
                    "promote",
                    "End the stage as passed, whatever its soak; not over a FAIL.",
                    OperatorClient::promote))
            .addSubcommand(
                verb(
                    t,
                    "pause",
                    "No further device is touched; gates go on and may still abort.",
                    OperatorClient::pause))
            .addSubcommand(verb(t, "resume", "Go on after a pause.", OperatorClient::resume))
            .addSubcommand(
                verb(
                    t,
                    "retry",
                    "Give devices that went back alone a fresh trial at once.",
                    OperatorClient::retry))
            .addSubcommand(new LifecycleCommands.Approve(t))
            .addSubcommand(new LifecycleCommands.Reject(t))
            .addSubcommand(new RolloutCommands.Abort(t))
            .addSubcommand(new LifecycleCommands.Undo(t)));
    root.addSubcommand(
        new CommandLine(new ExperimentCommands.Top())
            .addSubcommand(new ExperimentCommands.Start(t))
            .addSubcommand(new ExperimentCommands.Show(t))
            .addSubcommand(new ExperimentCommands.Stop(t)));
    root.addSubcommand(
        new CommandLine(new RollbackCommands.Rollback(t))
            .addSubcommand(new RollbackCommands.ListAll(t))
            .addSubcommand(new RollbackCommands.Status(t))
            .addSubcommand(new RollbackCommands.Undo(t)));
    root.addSubcommand(
        new CommandLine(new LimitCommands.All())
            .addSubcommand(new LimitCommands.Show(t))
            .addSubcommand(new LimitCommands.Apply(t)));
    root.addSubcommand(new BytesCommand(t));
    root.addSubcommand(new FleetCommands.Devices(t));
    root.addSubcommand(new FleetCommands.Channels(t));
    root.addSubcommand(
        new CommandLine(new LabelCommands.All())
            .addSubcommand(new LabelCommands.Export(t))
            .addSubcommand(new LabelCommands.Import(t)));
    root.addSubcommand(
        new CommandLine(new LabelCommands.Site()).addSubcommand(new LabelCommands.SetSite(t)));
    root.addSubcommand(new LabelCommands.Sites(t));
    root.addSubcommand(
        new CommandLine(new ExplainCommands.Explain())
            .addSubcommand(new ExplainCommands.OneRollout(t))
            .addSubcommand(new ExplainCommands.OneDevice(t)));
    root.addSubcommand(
        new CommandLine(new FleetCommands.Enrolment())
            .addSubcommand(new FleetCommands.NewEnrolment(t)));
    root.addSubcommand(
        new CommandLine(new OperatorCommands.Operators())
            .addSubcommand(new OperatorCommands.Add(t))
            .addSubcommand(new OperatorCommands.ListAll(t))
            .addSubcommand(new OperatorCommands.Revoke(t)));
    root.addSubcommand(new RestraintCommands.Pin(t));
    root.addSubcommand(
        new CommandLine(new RestraintCommands.Hold(t))
            .addSubcommand(new PermitCommands.Acquire(t))
            .addSubcommand(new PermitCommands.Release(t))
            .addSubcommand(new PermitCommands.Status(t)));
    root.addSubcommand(
        new CommandLine(new RestraintCommands.Freeze())
            .addSubcommand(new RestraintCommands.FreezeAdd(t))
            .addSubcommand(listed(t, "list", "List the freezes.", Restraint.Kind.FREEZE))
            .addSubcommand(removed(t, "remove", "End a freeze.")));
    root.addSubcommand(listed(t, "pins", "List the pins.", Restraint.Kind.PIN));
    root.addSubcommand(listed(t, "holds", "List the holds.", Restraint.Kind.HOLD));
    root.addSubcommand(removed(t, "unpin", "Let a pinned slot go."));
    root.addSubcommand(removed(t, "unhold", "Let a held device go."));
    root.addSubcommand(new FleetCommands.Director(t));
    root.addSubcommand(new FleetCommands.Audit(t));
    root.addSubcommand(new ProcessCommands.Server());
    root.addSubcommand(new ProcessCommands.Agent());
    root.addSubcommand(new ProcessCommands.Runner());
  }

  private static CommandLine listed(
      Terminal t, String name, String description, Restraint.Kind kind) {
    return named(new CommandLine(new RestraintCommands.ListAll(t, kind)), name, description);
  }

  private static CommandLine removed(Terminal t, String name, String description) {
    return named(new CommandLine(new RestraintCommands.Remove(t)), name, description);
  }

  private static CommandLine named(CommandLine line, String name, String description) {
    line.getCommandSpec().name(name).usageMessage().description(description);
    return line;
  }

  private static CommandLine verb(
      Terminal t,
      String name,
      String description,
      BiFunction<OperatorClient, String, RolloutView> call) {
    return named(new CommandLine(new RolloutCommands.Verb(t, call)), name, description);
  }
}

package dev.hatchery.cli;

import picocli.CommandLine;

/** The tree of commands. */
final class Commands {
  private Commands() {}

  static void addTo(CommandLine root, Terminal t) {
    root.addSubcommand(new DemoCommand(t));
    root.addSubcommand(new KeysCommand(t));
    root.addSubcommand(new TrustCommand(t));
    root.addSubcommand(new PolicyCommand(t));
    root.addSubcommand(new BundleCommand(t));
    root.addSubcommand(new ReleaseCommands.Push(t));
    root.addSubcommand(
        new CommandLine(new ReleaseCommands.Releases(t))
            .addSubcommand(new ReleaseCommands.Create(t)));
    root.addSubcommand(
        new CommandLine(new RolloutCommands.Rollout())
            .addSubcommand(new RolloutCommands.Apply(t))
            .addSubcommand(new RolloutCommands.ListAll(t))
            .addSubcommand(new RolloutCommands.Status(t))
            .addSubcommand(new RolloutCommands.Promote(t))
            .addSubcommand(new RolloutCommands.Pause(t))
            .addSubcommand(new RolloutCommands.Resume(t))
            .addSubcommand(new RolloutCommands.Retry(t))
            .addSubcommand(new RolloutCommands.Abort(t)));
    root.addSubcommand(new RolloutCommands.Rollback(t));
    root.addSubcommand(new FleetCommands.Devices(t));
    root.addSubcommand(new FleetCommands.Channels(t));
    root.addSubcommand(
        new CommandLine(new FleetCommands.Enrolment())
            .addSubcommand(new FleetCommands.NewEnrolment(t)));
    root.addSubcommand(new FleetCommands.Director(t));
    root.addSubcommand(new FleetCommands.Audit(t));
    root.addSubcommand(new ProcessCommands.Server());
    root.addSubcommand(new ProcessCommands.Agent());
    root.addSubcommand(new ProcessCommands.Runner());
  }
}

package dev.hatchery.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Programs with a Main and options of their own, started from here for convenience. */
final class ProcessCommands {
  private ProcessCommands() {}

  /** Hands everything over: {@code --help} too, so that the options are told in one place. */
  abstract static class Handover implements Callable<Integer> {
    @Unmatched final List<String> arguments = new ArrayList<>();

    abstract void main(String[] arguments) throws Exception;

    @Override
    public final Integer call() throws Exception {
      main(arguments.toArray(String[]::new));
      return 0;
    }
  }

  /** {@code hatchery server}. */
  @Command(name = "server", description = "Run the server; server --help tells its options.")
  static final class Server extends Handover {
    @Override
    void main(String[] arguments) throws Exception {
      dev.hatchery.server.Main.main(arguments);
    }
  }

  /** {@code hatchery agent}. */
  @Command(name = "agent", description = "Run a device's agent; agent --help tells its options.")
  static final class Agent extends Handover {
    @Override
    void main(String[] arguments) throws Exception {
      dev.hatchery.agent.Main.main(arguments);
    }
  }

  /** {@code hatchery runner}. */
  @Command(
      name = "runner",
      description = "Run the reference inference service; runner --help tells its options.")
  static final class Runner extends Handover {
    @Override
    void main(String[] arguments) throws Exception {
      dev.hatchery.runner.Main.main(arguments);
    }
  }
}

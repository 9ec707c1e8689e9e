package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that asks the server has: where it is, and how to print. */
abstract class ServerCommand implements Callable<Integer> {
  final Terminal terminal;

  @Mixin private Connection connection = new Connection();

  @Option(names = "--json", description = "print JSON")
  boolean json;

  ServerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What can be refused before a server is asked. */
  void prepare() {}

  abstract Integer run(OperatorClient client);

  @Override
  public final Integer call() {
    prepare();
    try (OperatorClient client = connection.client(terminal)) {
      return run(client);
    }
  }

  final Connection connection() {
    return connection;
  }

  /** An argument that picocli has required already. */
  static <T> T given(@Nullable T argument) {
    if (argument == null) throw new AssertionError("picocli requires it");
    return argument;
  }
}

package dev.hatchery.cli;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.examples.inspection.demo.CommandLine;
import dev.hatchery.examples.inspection.demo.Demo;
import dev.hatchery.examples.inspection.demo.DemoOptions;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hatchery demo}. */
@Command(
    name = "demo",
    description =
        "Show the whole story on this machine: train, sign, roll out, a bad release, and the way"
            + " back.")
final class DemoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--exit",
      description = "end after the story; otherwise the console stays up until Ctrl-C")
  private boolean exit;

  @Option(names = "--report", paramLabel = "FILE", description = "write the figures as JSON")
  private @Nullable Path report;

  @Option(
      names = "--port",
      defaultValue = "8080",
      paramLabel = "N",
      description = "the console's, default 8080")
  private int port = 8080;

  @Option(
      names = "--devices",
      defaultValue = "6",
      paramLabel = "N",
      description = "6 (default) to 24")
  private int devices = 6;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "keys, server, devices and logs; default: a new folder below the temporary one")
  private @Nullable Path folder;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    Path where =
        folder != null ? folder : Files.createTempDirectory("hatchery-demo-").resolve("demo");
    var options =
        new DemoOptions(where.toAbsolutePath(), port, devices, exit, Optional.ofNullable(report));
    new Demo(options, this::typed, terminal.out()).run();
    return 0;
  }

  /** {@link CommandLine} as a person's terminal would run it, but in this process. */
  private String typed(Map<String, String> environment, String... command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            command);
    String told = err.toString(StandardCharsets.UTF_8).strip();
    if (status != 0) throw refusal(told);
    return out.toString(StandardCharsets.UTF_8).strip();
  }

  // The line on standard error begins with the code.
  private static Refusal refusal(String told) {
    String line = told.startsWith("hatchery: ") ? told.substring("hatchery: ".length()) : told;
    if (line.startsWith("{")) {
      byte[] json = line.getBytes(StandardCharsets.UTF_8);
      return new Refusal(Wire.PROBLEM.read(Json.parse(json, DataSize.kib(64), "standard error")));
    }
    for (Code code : Code.values()) {
      if (line.startsWith(code.name() + " "))
        return Refusal.of(code, line.substring(code.name().length() + 1));
    }
    return Refusal.of(Code.INTERNAL, line);
  }
}

package dev.hatchery.cli;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** Where every command begins. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int status = run(System.out, System.err, System.getenv(), args);
    // On 0 the threads decide: those of hatchery server have only just begun.
    if (status != 0) System.exit(status);
  }

  /**
   * Runs one command.
   *
   * @return the exit status: 0, that of the refusal's {@link Code}, 2 for wrong usage, 1 for a
   *     defect of ours
   */
  static int run(
      PrintStream out, PrintStream err, Map<String, String> environment, String... args) {
    var terminal = new Terminal(out, err, environment);
    var line = new CommandLine(new Hatchery());
    Commands.addTo(line, terminal);
    line.setOut(terminal.writer(out));
    line.setErr(terminal.writer(err));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setParameterExceptionHandler((e, _) -> usage(e, err));
    boolean json = Arrays.asList(args).contains("--json");
    line.setExecutionExceptionHandler((e, _, _) -> told(e, err, json));
    return line.execute(args);
  }

  @Command(
      name = "hatchery",
      description = "Ships AI models to fleets of edge devices, and keeps those fleets well.",
      version = "hatchery 0.1.0",
      mixinStandardHelpOptions = true)
  private static final class Hatchery implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  private static int usage(ParameterException e, PrintStream err) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println("hatchery: " + e.getMessage() + "; see " + command + " --help");
    return Code.BAD_INPUT.exitCode();
  }

  private static int told(Exception e, PrintStream err, boolean json) {
    Refusal refusal =
        e instanceof Refusal known
            ? known
            : Refusal.of(Code.INTERNAL, "this is a defect of Hatchery").got(e.toString());
    if (json) err.print(Json.pretty(Wire.PROBLEM.write(refusal.problem())));
    else err.println("hatchery: " + refusal.problem().line());
    if (refusal.code() == Code.INTERNAL) e.printStackTrace(err);
    return refusal.code().exitCode();
  }
}

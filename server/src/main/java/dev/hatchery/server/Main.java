package dev.hatchery.server;

import dev.hatchery.core.Refusal;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/** {@code java dev.hatchery.server.Main --data DIR}: a server until it is told to stop. */
public final class Main {
  private Main() {}

  /** Runs until the process is told to stop; exits with the refusal's code when it cannot start. */
  public static void main(String[] arguments) {
    List<String> given = List.of(arguments);
    if (given.contains("--help")) {
      System.out.print(Options.USAGE);
      return;
    }
    Logging.toStandardError();
    try {
      Server server = Server.start(Options.parse(given), Clock.systemUTC(), new SecureRandom());
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
      server
          .newToken()
          .ifPresent(
              token ->
                  System.out.println("operator token " + token.reveal() + " (shown this once)"));
      System.out.println("listening " + server.address());
      System.out.flush();
    } catch (Refusal refusal) {
      System.err.println(refusal.problem().line());
      System.exit(refusal.code().exitCode());
    }
  }
}

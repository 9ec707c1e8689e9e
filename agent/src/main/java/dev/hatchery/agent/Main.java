package dev.hatchery.agent;

import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.config.AgentFile;
import dev.hatchery.agent.config.Facts;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.slot.Clocks;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code --config agent.yaml}: runs the agent until it is told to end. */
public final class Main {
  private static final Path ROOT = Path.of("/");
  private static final Duration SHUTDOWN_MAX = Duration.ofMillis(1900);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final AgentConfig config;
  private final World world;
  private final CompletableFuture<@Nullable Void> stop = new CompletableFuture<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Main(AgentConfig config, World world) {
    this.config = config;
    this.world = world;
  }

  public static void main(String[] args) {
    int exit = run(List.of(args), System.err);
    if (exit != 0) System.exit(exit);
  }

  /** Returns when it was asked to end (0), or could not begin (the refusal's exit code). */
  static int run(List<String> args, PrintStream err) {
    Clock clock = Clock.systemUTC();
    EventLog log = new EventLog(err, clock);
    try {
      if (!args.isEmpty() && PinCommand.WORDS.contains(args.getFirst())) {
        var command = new PinCommand(args);
        AgentConfig pinned = AgentFile.read(Path.of(command.config()), Facts.hostName(ROOT));
        command.run(pinned, new RealDisk(), err);
        return 0;
      }
      AgentConfig config = AgentFile.read(configFile(args), Facts.hostName(ROOT));
      World world =
          new World(
              new RealDisk(),
              new Clocks(clock, System::nanoTime),
              new SecureRandom(),
              log,
              ROOT,
              System.getProperty("os.arch", ""),
              version());
      new Main(config, world).runUntilAsked();
      return 0;
    } catch (Refusal refusal) {
      log.refusal("refused", refusal);
      return refusal.code().exitCode();
    } catch (InterruptedException e) {
      return 0;
    }
  }

  private static Path configFile(List<String> args) {
    if (args.size() == 2 && args.getFirst().equals("--config")) return Path.of(args.get(1));
    throw Refusal.of(Code.BAD_INPUT, "this is not how the agent is started")
        .expected("--config agent.yaml")
        .got(String.join(" ", args));
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  private void runUntilAsked() throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
    try {
      boolean first = true;
      Duration pause = FIRST_PAUSE;
      while (!stop.isDone()) {
        boolean began = runOnce(first);
        first = false;
        pause = began ? FIRST_PAUSE : longer(pause);
        await(pause);
      }
    } finally {
      stopped.countDown();
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private void await(Duration pause) throws InterruptedException {
    try {
      stop.get(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException goOn) {
      // The pause is over.
    } catch (ExecutionException e) {
      throw new AssertionError("stop never fails", e);
    }
  }

  // One run; when it ends by itself, its storage or the agent is broken, and the next one begins
  // from what is really on disk. What is wrong from the very beginning is the operator's to mend.
  private boolean runOnce(boolean first) throws InterruptedException {
    Agent agent;
    try {
      agent = Agent.open(config, world);
    } catch (Refusal refusal) {
      if (first) throw refusal;
      world.log().refusal("cannot-begin", refusal);
      return false;
    }
    try {
      agent.start();
      CompletableFuture.anyOf(stop, agent.ended()).join();
      if (agent.ended().isDone()) tell(agent.ended().join());
    } finally {
      agent.end();
    }
    return true;
  }

  private void tell(Throwable why) {
    if (why instanceof Refusal refusal) world.log().refusal("run-ended", refusal);
    else world.log().line("run-ended", "code", Code.INTERNAL, "detail", trace(why));
  }

  // A defect of ours: where it was is what a report of it needs.
  private static String trace(Throwable why) {
    StackTraceElement[] trace = why.getStackTrace();
    return trace.length == 0 ? why.toString() : why + " at " + trace[0];
  }

  private void end() {
    stop.complete(null);
    try {
      if (!stopped.await(SHUTDOWN_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        world.log().line("ended-hard");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

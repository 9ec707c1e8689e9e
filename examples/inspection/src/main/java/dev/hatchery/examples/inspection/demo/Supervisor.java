package dev.hatchery.examples.inspection.demo;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps processes alive: what dies is started again after a pause that doubles, as systemd would
 * with Restart=always and RestartSteps. The file {@code processes} lists who runs under which id,
 * for whoever wants to kill one.
 */
final class Supervisor implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /** A process that lived this long begins again with the first pause. */
  private static final Duration STEADY = Duration.ofSeconds(10);

  private static final Duration GRACE = Duration.ofSeconds(4);

  private final Map<String, String> environment;
  private final Path logs;
  private final Path list;
  // Guarded by this: the children's threads and the story's thread both look at it.
  private final Map<String, Child> children = new LinkedHashMap<>();
  private boolean closing;

  Supervisor(Path folder, Map<String, String> environment) throws IOException {
    this.environment = Map.copyOf(environment);
    this.logs = Files.createDirectories(folder.resolve("logs"));
    this.list = folder.resolve("processes");
  }

  /** One process that is kept alive. */
  final class Child {
    private final String name;
    private final List<String> command;
    private final Path log;
    private @Nullable Process process;
    private int restarts;

    private Child(String name, List<String> command) {
      this.name = name;
      this.command = List.copyOf(command);
      this.log = logs.resolve(name + ".log");
    }

    private void keepAlive() {
      Duration pause = FIRST_PAUSE;
      try {
        while (true) {
          long began = System.nanoTime();
          Process started = launch(this);
          if (started == null) return;
          int status = started.waitFor();
          if (isClosing()) return;
          note(name + " ended with " + status + ", starting it again");
          boolean steady = System.nanoTime() - began > STEADY.toNanos();
          pause = steady ? FIRST_PAUSE : pause;
          Thread.sleep(pause);
          pause =
              pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                  ? LONGEST_PAUSE
                  : pause.multipliedBy(2);
          countRestart(this);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Starts a process and keeps it alive until {@link #close}. */
  synchronized void start(String name, List<String> command) {
    Child child = new Child(name, command);
    children.put(name, child);
    Thread.ofVirtual().name("keep-" + name).start(child::keepAlive);
  }

  synchronized int restarts() {
    return children.values().stream().mapToInt(c -> c.restarts).sum();
  }

  /** What a child has printed, for an error message. */
  String lastLines(String name) {
    try {
      List<String> lines = Files.readAllLines(logs.resolve(name + ".log"));
      return String.join(
          System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  private synchronized @Nullable Process launch(Child child) {
    if (closing) return null;
    try {
      var builder =
          new ProcessBuilder(child.command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(child.log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      child.process = process;
      process.getOutputStream().close();
      writeList();
      return process;
    } catch (IOException e) {
      throw Refusal.of(Code.INTERNAL, "a process cannot be started")
          .at(child.name)
          .got(e.getMessage())
          .cause(e);
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private synchronized void note(String text) {
    try {
      Files.writeString(
          logs.resolve("supervisor.log"),
          text + System.lineSeparator(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void countRestart(Child child) {
    child.restarts++;
  }

  private void writeList() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Child child : children.values()) {
      if (child.process != null) lines.add(child.name + " " + child.process.pid());
    }
    Path temp = list.resolveSibling("processes.tmp");
    Files.write(temp, lines);
    Files.move(temp, list, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    List<Process> running = stopAll();
    long deadline = System.nanoTime() + GRACE.toNanos();
    for (Process process : running) {
      try {
        if (!process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
    try {
      Files.deleteIfExists(list);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized List<Process> stopAll() {
    closing = true;
    List<Process> running = new ArrayList<>();
    for (Child child : children.values()) {
      if (child.process != null) running.add(child.process);
    }
    running.forEach(Process::destroy);
    return running;
  }
}

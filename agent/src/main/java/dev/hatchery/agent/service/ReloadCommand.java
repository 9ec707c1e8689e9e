package dev.hatchery.agent.service;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a slot's reload command. Its output is kept for the message only, and never in full. */
final class ReloadCommand {
  private static final int MAX_OUTPUT = 4096;
  private static final int SHOWN = 200;

  private ReloadCommand() {}

  static Service.Reloaded run(List<String> argv, Duration patience) throws InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(argv).redirectErrorStream(true).start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return new Service.Unwilling("the reload command cannot be started: " + e.getMessage());
    }
    var output = new StringBuilder();
    Thread reader = Thread.ofVirtual().start(() -> read(process.getInputStream(), output));
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Service.Unwilling("the reload command did not end within " + patience);
      }
      reader.join(Duration.ofSeconds(1));
      int exit = process.exitValue();
      return exit == 0
          ? new Service.Done()
          : new Service.Unwilling("the reload command ended with " + exit + ": " + shown(output));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  // All of it is read, or the command would block on a full pipe; the first part is kept.
  private static void read(InputStream in, StringBuilder output) {
    byte[] buffer = new byte[1024];
    try (in) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (output) {
          if (output.length() < MAX_OUTPUT) {
            output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
          }
        }
      }
    } catch (IOException e) {
      // The process is gone; what it said until then is enough.
    }
  }

  private static String shown(StringBuilder output) {
    synchronized (output) {
      String text = output.toString().strip().replaceAll("\\s+", " ");
      return text.length() > SHOWN ? text.substring(0, SHOWN) : text;
    }
  }
}

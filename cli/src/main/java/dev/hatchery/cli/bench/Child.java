package dev.hatchery.cli.bench;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Other programs, started without a shell, and not for ever. */
final class Child {
  private static final long TOLD = 2000;

  private Child() {}

  /**
   * Runs one to its end.
   *
   * @param output where what it prints is kept
   * @throws Refusal when it fails, SLOW when it takes too long
   */
  static void run(
      List<String> command,
      Map<String, String> environment,
      Path folder,
      Path output,
      Duration patience)
      throws IOException, InterruptedException {
    Path told = folder.resolve("told");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectOutput(output.toFile()).redirectError(told.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw Refusal.of(Code.SLOW, "a program took too long")
            .at(command.getFirst())
            .expected("at most " + patience.toSeconds() + " s");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    if (process.exitValue() != 0) {
      throw Refusal.of(Code.INTERNAL, "a program failed")
          .at(command.getFirst())
          .got("status " + process.exitValue() + ": " + begin(told));
    }
  }

  private static String begin(Path file) throws IOException {
    String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).strip();
    return text.substring(0, (int) Math.min(TOLD, text.length()));
  }
}

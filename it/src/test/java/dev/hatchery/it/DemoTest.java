package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo as a stranger runs it, and as somebody with kill -9 does. */
@Tag("slow")
final class DemoTest {
  private static final Duration BETWEEN_KILLS = Duration.ofSeconds(14);

  @TempDir private Path folder;

  /**
   * Every process is killed at least once, in an order that the seed gives, over the whole story.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theStoryEndsTheSameWhileItsProcessesAreKilled(long seed) throws Exception {
    Path report = folder.resolve("r.json");
    Process demo = demo(report);
    List<String> killed = new ArrayList<>();
    try {
      Random random = new Random(seed);
      Map<String, Integer> times = new HashMap<>();
      while (!demo.waitFor(BETWEEN_KILLS.toMillis(), TimeUnit.MILLISECONDS)) {
        killOne(random, times).ifPresent(killed::add);
      }
    } finally {
      demo.destroy();
      demo.waitFor(10, TimeUnit.SECONDS);
      demo.destroyForcibly();
    }

    assertThat(demo.exitValue()).as(told()).isZero();
    assertThat(killed).as("the demo gave somebody to kill").hasSizeGreaterThan(4);
    assertThat(outcomes(report))
        .as(told())
        .containsExactly("COMPLETED", "COMPLETED", "ROLLED_BACK");
    assertThat(bytesForRollback(report)).isZero();
    assertThat(events(report)).containsExactly("approval", "hold", "undo", "undo");
  }

  private Process demo(Path report) throws IOException {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "dev.hatchery.cli.Main",
                "demo",
                "--exit",
                "--port",
                String.valueOf(Rig.freePort()),
                "--dir",
                folder.resolve("demo").toString(),
                "--report",
                report.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("demo.log").toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder.start();
  }

  // The one that was killed least often; three kills of one service within ten minutes would be a
  // crash loop.
  private Optional<String> killOne(Random random, Map<String, Integer> times) throws IOException {
    Path processes = folder.resolve("demo/processes");
    if (!Files.exists(processes)) return Optional.empty();
    List<String> lines = Files.readAllLines(processes);
    int fewest = lines.stream().mapToInt(line -> times.getOrDefault(name(line), 0)).min().orElse(0);
    List<String> next =
        lines.stream().filter(line -> times.getOrDefault(name(line), 0) == fewest).toList();
    if (fewest >= 2 || next.isEmpty()) return Optional.empty();
    String line = next.get(random.nextInt(next.size()));
    long pid = Long.parseLong(line.substring(line.indexOf(' ') + 1));
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    times.merge(name(line), 1, Integer::sum);
    return Optional.of(name(line));
  }

  private static String name(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private static List<String> outcomes(Path report) throws IOException {
    return rollouts(report).stream()
        .map(r -> field(r, "outcome") instanceof Node.Text t ? t.value() : "")
        .toList();
  }

  private static List<String> events(Path report) throws IOException {
    Node root = Json.parse(Files.readAllBytes(report), DataSize.kib(64), "report");
    return Fields.list(field(root, "events"), node -> node).stream()
        .map(e -> field(e, "event") instanceof Node.Text t ? t.value() : "")
        .toList();
  }

  private static long bytesForRollback(Path report) throws IOException {
    return Fields.integer(field(rollouts(report).getLast(), "bytesForRollback"));
  }

  private static List<Node> rollouts(Path report) throws IOException {
    Node root = Json.parse(Files.readAllBytes(report), DataSize.kib(64), "report");
    return Fields.list(field(root, "rollouts"), node -> node);
  }

  private static Node field(Node node, String name) {
    Node found = node instanceof Node.Obj object ? object.fields().get(name) : null;
    if (found == null) throw new AssertionError("no field " + name + " in " + node);
    return found;
  }

  private String told() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("demo.log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
  }
}

package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The lab, from the command line. */
final class LabCommandTest {
  private record Outcome(int status, String out, String err) {}

  @Test
  void everyScenarioAndGateIsARowOfJson() {
    Outcome ran =
        run("lab", "gates", "--runs", "4", "--seed", "7", "--scenario", "crashloop", "--json");

    assertThat(ran.status).as(ran.err).isZero();
    List<Map<String, Node>> rows = ran.out.lines().map(LabCommandTest::fields).toList();
    assertThat(rows)
        .extracting(r -> text(r, "gate"))
        .containsExactly("hatchery", "naive-z", "threshold");
    assertThat(rows).extracting(r -> text(r, "scenario")).containsOnly("crashloop");
    assertThat(rows.getFirst())
        .containsKeys(
            "completed",
            "heldToDeadline",
            "medianRequestsPerDevice",
            "medianRequests",
            "medianRawRequestsPerDevice",
            "medianMinutes",
            "maxCanaryDevices",
            "stoppedByStagePercent");
    assertThat(number(rows.getFirst(), "rollouts")).isEqualTo(4);
    assertThat(number(rows.getFirst(), "aborted")).isEqualTo(4);
    assertThat(number(rows.getFirst(), "maxDevicesOnBadRelease")).isEqualTo(5);
  }

  @Test
  void aRunIsReplayedInWordsAndTheSameEachTime() {
    String[] replay = {"lab", "gates", "--scenario", "latency2x", "--seed", "7", "--replay", "3"};
    Outcome once = run(replay);
    Outcome again = run(replay);

    assertThat(once.status).as(once.err).isZero();
    assertThat(once.out).contains("5 devices told to switch", "aborted by latency-p95:ratio");
    assertThat(again.out).isEqualTo(once.out);
  }

  @Test
  void aMisspeltScenarioIsToldTheNearest() {
    assertThat(run("lab", "gates", "--scenario", "latency3x").err)
        .contains("did you mean latency2x?");
  }

  @Test
  void aScenarioThatIsNotKnownIsRefusedWithThoseThatAre() {
    Outcome ran = run("lab", "gates", "--scenario", "sunny");

    assertThat(ran.status).isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(ran.err).contains("fault-tenth", "sunny");
  }

  private static Outcome run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            args);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Map<String, Node> fields(String line) {
    return ((Node.Obj) Json.parse(line.getBytes(StandardCharsets.UTF_8), DataSize.kib(64), "a row"))
        .fields();
  }

  private static String text(Map<String, Node> row, String name) {
    return ((Node.Text) Objects.requireNonNull(row.get(name))).value();
  }

  private static long number(Map<String, Node> row, String name) {
    return ((Node.Int) Objects.requireNonNull(row.get(name))).value();
  }
}

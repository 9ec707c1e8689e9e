package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds by operators and holds that other updaters ask for have one word. */
final class HoldCommandTest {
  private record Outcome(int status, String err) {}

  @Test
  void anUpdaterIsGrantedAnotherWaitsAndLettingGoMakesRoom(@TempDir Path folder) {
    try (var stand = new Stand(folder)) {
      stand.enrol("edge-1", Map.of());
      assertThat(stand.must("hold", "status", "edge-1", "--owner", "mender").out())
          .isEqualTo("not held; nothing is in the way\n");
      assertThat(
              stand.must("hold", "acquire", "edge-1", "--owner", "mender", "--reason", "OS").out())
          .matches("granted until 20\\S+Z \\(hold 1\\)\n");
      assertThat(stand.must("holds").out()).contains("operator:admin for mender");
      Stand.Outcome waits =
          stand.run("hold", "acquire", "edge-1", "--owner", "balena", "--reason", "OS");
      assertThat(waits.status()).isEqualTo(75);
      assertThat(waits.out())
          .startsWith("wait until 20")
          .contains("is being changed by mender: OS");
      stand.must("hold", "release", "edge-1", "--owner", "mender", "--changed", "OS 6.1");
      stand.must(
          "hold", "acquire", "edge-1", "--owner", "balena", "--reason", "OS", "--wait", "1s");
      assertThat(stand.must("explain", "device", "edge-1").out())
          .contains("interlock: it has changed: mender unknown → OS 6.1 at ");
    }
  }

  @Test
  void anOperatorsHoldNeedsATimeAndAReason() {
    Outcome bad = run("hold", "edge-1", "--reason", "repairs");
    assertThat(bad.status).isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(bad.err).contains("--for and --reason");
  }

  @Test
  void anUpdaterNeedsAnOwner() {
    assertThat(run("hold", "acquire", "edge-1", "--reason", "x").err).contains("--owner");
    assertThat(run("hold", "release", "edge-1").err).contains("--owner");
    assertThat(run("hold", "status", "edge-1").err).contains("--owner");
  }

  @Test
  void whatIsAskedForIsCheckedBeforeAServerIs() {
    assertThat(run("hold", "acquire", "--owner", "m", "--reason", "x").err)
        .contains("device or selector");
    assertThat(run("hold", "acquire", "e", "--owner", "m", "--reason", "x", "--for", "25h").err)
        .contains("at most 24h");
    assertThat(run("operators", "add", "x", "-o", "none", "--role", "boss").err)
        .contains("operator or updater");
  }

  private static Outcome run(String... command) {
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of("HATCHERY_TOKEN", "hto_x"),
            command);
    return new Outcome(status, err.toString(StandardCharsets.UTF_8));
  }
}

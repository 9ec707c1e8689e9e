package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.cli.Stand.Outcome;
import dev.hatchery.core.Code;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins, holds and freezes at the command line, against a real server. */
final class RestraintCommandTest {
  @TempDir private Path folder;
  private Stand stand;

  @BeforeEach
  void start() {
    stand = new Stand(folder);
    stand.enrol("edge-1", Map.of("site", "oslo"));
  }

  @AfterEach
  void stop() {
    stand.close();
  }

  @Test
  void aPinIsSetListedAndTakenAway() {
    Outcome set = stand.must("pin", "edge-1", "--slot", "vision", "--reason", "the audit");
    assertThat(set.out()).isEqualTo("pin 1 on edge-1, slot vision: the audit\n");
    stand.must("pin", "--selector", "site=oslo", "--slot", "vision", "--reason", "all of oslo");
    assertThat(stand.must("pins").lines())
        .hasSize(3)
        .anyMatch(l -> l.matches("1 +edge-1 +vision +\\S+Z +- +operator:admin +the audit"))
        .anyMatch(l -> l.matches("2 +site=oslo +vision +\\S+Z +- +operator:admin +all of oslo"));
    assertThat(stand.must("unpin", "1").out())
        .isEqualTo("taken away: pin 1 on edge-1, slot vision: the audit\n");
    assertThat(stand.must("pins").lines()).hasSize(2);
    assertThat(stand.run("unpin", "1").status()).isEqualTo(Code.NOT_FOUND.exitCode());
  }

  @Test
  void aPinToAReleaseThatThereIsNotIsRefusedAndPinsNothing() {
    Outcome none =
        stand.run(
            "pin", "edge-1", "--slot", "vision", "--release", "m@1.0.0", "--reason", "choice");
    assertThat(none.status()).isEqualTo(Code.NOT_FOUND.exitCode());
    assertThat(none.err()).contains("there is no such release");
    assertThat(stand.must("pins").lines()).hasSize(1);
    assertThat(
            stand
                .run("pin", "edge-1", "--slot", "vision", "--reason", "audit", "--dry-run")
                .status())
        .isEqualTo(Code.BAD_INPUT.exitCode());
  }

  @Test
  void aHoldEndsByItselfAndIsNoPin() {
    Outcome set = stand.must("hold", "edge-1", "--for", "2h", "--reason", "lens");
    assertThat(set.out()).matches("hold 1 on edge-1, until \\S+Z: lens\n");
    assertThat(stand.must("pins").lines()).hasSize(1);
    assertThat(stand.must("holds", "--json").out()).contains("\"kind\" : \"hold\"");
    stand.must("unhold", "1");
    assertThat(stand.must("holds").lines()).hasSize(1);
  }

  @Test
  void aFreezeIsOfAllDevicesAndHasATime() {
    Outcome set =
        stand.must("freeze", "add", "--to", "2099-01-02T08:00:00Z", "--reason", "holidays");
    assertThat(set.out())
        .isEqualTo("freeze 1 on all devices, until 2099-01-02T08:00:00Z: holidays\n");
    assertThat(stand.must("freeze", "list").lines().getLast()).contains("all devices", "holidays");
    stand.must("freeze", "remove", "1");
    assertThat(stand.must("freeze", "list").lines()).hasSize(1);
  }

  @Test
  void whatCannotBeIsRefusedWithWhatWasExpected() {
    assertThat(stand.run("pin", "--slot", "vision", "--reason", "whom?").err())
        .contains("it is not clear whom this is about");
    assertThat(stand.run("pin", "edge-1", "--slot", "vision").status()).isNotZero();
    assertThat(stand.run("hold", "edge-1", "--for", "soon", "--reason", "x").status())
        .isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(stand.run("freeze", "add", "--to", "tomorrow", "--reason", "x").err())
        .contains("ISO 8601 in UTC");
    assertThat(stand.run("freeze", "add", "--to", "2020-01-01T00:00:00Z", "--reason", "x").status())
        .isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(stand.run("freeze").err()).contains("freeze add, list or remove");
  }
}

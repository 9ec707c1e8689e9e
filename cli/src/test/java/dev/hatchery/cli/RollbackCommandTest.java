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

/** The way back of single devices at the command line, against a real server. */
final class RollbackCommandTest {
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
  void aDryRunSaysWhoWouldStayWhereItIsAndWhy() {
    Outcome tried =
        stand.must(
            "rollback", "--selector", "site", "--slot", "vision", "--reason", "dirty", "--dry-run");
    assertThat(tried.lines())
        .containsExactly(
            "nothing was done; it would be: 0 devices told to go back",
            "left where it is: edge-1 was never ordered anything for this slot");
    assertThat(stand.must("rollback", "list").lines()).hasSize(1);
    assertThat(stand.must("rollback", "list", "--json").out()).contains("\"items\" : [");
    assertThat(stand.must("rollback", "--channel", "stable", "--dry-run").lines())
        .containsExactly(
            "nothing was done; it would be:", "vision/stable: there is no release to go back to");
  }

  @Test
  void whoHasNothingToGoBackToIsRefused() {
    Outcome none =
        stand.run("rollback", "--device", "edge-1", "--slot", "vision", "--reason", "dirty");
    assertThat(none.status()).isEqualTo(Code.ILLEGAL_STATE.exitCode());
    assertThat(none.err()).contains("edge-1 was never ordered anything for this slot");
    assertThat(stand.must("pins").lines()).hasSize(1);
    assertThat(stand.run("rollback", "status", "7").status()).isEqualTo(Code.NOT_FOUND.exitCode());
    assertThat(stand.run("rollback", "undo", "7").status()).isEqualTo(Code.NOT_FOUND.exitCode());
  }

  @Test
  void whatIsNotClearIsRefusedBeforeAnybodyIsAsked() {
    for (String[] wrong :
        new String[][] {
          {"rollback"},
          {"rollback", "--channel", "stable", "--device", "edge-1"},
          {"rollback", "--device", "edge-1", "--reason", "x"},
          {"rollback", "--device", "edge-1", "--slot", "vision"},
          {"rollback", "--device", "e", "--slot", "s", "--reason", "x", "--from", "a@1.0.0"},
        }) {
      assertThat(stand.run(wrong).status())
          .as(String.join(" ", wrong))
          .isEqualTo(Code.BAD_INPUT.exitCode());
    }
  }
}

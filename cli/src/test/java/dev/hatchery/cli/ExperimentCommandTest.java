package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experiments at the command line, as far as a server without a fleet can tell. */
final class ExperimentCommandTest {
  private static final String PLAIN =
      """
      rollout: r
      slot: vision
      channel: stable
      release: m@1.1.0
      stages: [{name: b, count: 5}, {name: all, percent: 100}]
      gates: [{metric: errors, limit: 5%}]
      control: {count: 5}
      """;

  @TempDir private Path folder;
  private Stand stand;

  @BeforeEach
  void start() {
    stand = new Stand(folder);
  }

  @AfterEach
  void stop() {
    stand.close();
  }

  private String file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("rollout.yaml"), yaml).toString();
  }

  @Test
  void aFileWithoutAnExperimentIsNoneAndIsRefusedBeforeAnybodyIsAsked() throws IOException {
    Stand.Outcome none = stand.run("experiment", "start", "-f", file(PLAIN));
    assertThat(none.status()).isEqualTo(Code.BAD_SPEC.exitCode());
    assertThat(none.err()).contains("no experiment").contains("hatchery rollout apply");
  }

  @Test
  void oneIsStartedAsARolloutIs() throws IOException {
    Stand.Outcome none =
        stand.run("experiment", "start", "-f", file(PLAIN + "experiment: {for: 7d}\n"));
    assertThat(none.err()).contains("there is no such release");
    for (String verb : new String[] {"show", "stop"}) {
      assertThat(stand.run("experiment", verb, "r").status()).isEqualTo(Code.NOT_FOUND.exitCode());
    }
    assertThat(stand.run("experiment").err()).contains("experiment start, show or stop");
  }
}

package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.cli.Main;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rehearsal by the command line, of a real server's record of a real device. */
final class RehearseEndToEndTest {
  private static final String ALL = "[{name: all, percent: 100, soak: 2s}]";

  @TempDir private Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void aRolloutIsRehearsedAndNothingIsStarted() throws Exception {
    TrainedRelease one = new Releases(400, 80).baseline();
    rig.device("cam-1", rig.enrolment());
    rig.publish("1.0.0", one.onnx().toArray(), Optional.empty(), rig.release);
    Await.until(
        "a report",
        () -> rig.client().device(new DeviceId("cam-1")),
        d -> d.lastSeen().isPresent());
    String said = rehearse(Rig.spec("1.0.0", ALL));

    assertThat(said)
        .startsWith("inspection@1.0.0 for 1 device, rehearsed as inspection-1.0.0-1 with seed 1")
        .contains("as the one before, it completes in 3 of 3 runs")
        .contains("  does not stay up: ")
        .contains("  → nothing is on record of how these devices work")
        .contains("approvals are taken as given");
    assertThat(rig.client().rollouts()).isEmpty();
  }

  private String rehearse(RolloutSpec spec) throws Exception {
    Path file = folder.resolve("rollout.yaml");
    Files.write(file, Wire.ROLLOUT_SPEC.bytes(spec));
    try (JavaProcess command =
        JavaProcess.start(
            folder.resolve("logs/rehearse.log"),
            Main.class,
            "rollout",
            "rehearse",
            "-f",
            file.toString(),
            "--runs",
            "3",
            "--server",
            rig.address().toString(),
            "--token-file",
            folder.resolve("operator.token").toString())) {
      return Await.until("the rehearsal", command::log, _ -> !command.isAlive());
    }
  }
}

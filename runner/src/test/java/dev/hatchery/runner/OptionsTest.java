package dev.hatchery.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Refusal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OptionsTest {
  @Test
  void readsEverything() {
    var options =
        Options.parse(
            List.of(
                "--slot-dir",
                "slot",
                "--port",
                "0",
                "--source",
                "camera",
                "--fps",
                "2.5",
                "--seed",
                "-7",
                "--native-dir",
                "native"));

    assertThat(options.slotDir()).isEqualTo(Path.of("slot"));
    assertThat(options.port()).isZero();
    assertThat(options.source()).contains(new Options.Source("camera", 2.5, -7));
    assertThat(options.nativeDir()).contains(Path.of("native"));
  }

  @Test
  void sourceAndNativeFolderMayBeLeftOut() {
    var options = Options.parse(List.of("--port", "80", "--slot-dir", "slot"));

    assertThat(options.source()).isEmpty();
    assertThat(options.nativeDir()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--port 0",
        "--slot-dir slot",
        "--slot-dir slot --port",
        "--slot-dir slot --port x",
        "--slot-dir slot --port 65536",
        "--slot-dir slot --port -1",
        "--slot-dir slot --port 0 --port 1",
        "--slot-dir slot --port 0 --verbose yes",
        "--slot-dir slot --port 0 --fps 5",
        "--slot-dir slot --port 0 --source camera --fps 0",
        "--slot-dir slot --port 0 --source camera --fps NaN",
        "--slot-dir slot --port 0 --source camera --seed 1.5"
      })
  void refusesWhatCannotBe(String line) {
    List<String> args = line.isEmpty() ? List.of() : List.of(line.split(" ", -1));

    assertThatThrownBy(() -> Options.parse(args)).isInstanceOf(Refusal.class);
  }
}

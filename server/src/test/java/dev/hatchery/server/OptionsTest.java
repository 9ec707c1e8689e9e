package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void theDefaultsAreLocalAndPlain() {
    Options options = Options.parse(List.of("--data", "x"));
    assertThat(options.data()).isEqualTo(Path.of("x"));
    assertThat(options.listen().getPort()).isEqualTo(8080);
    assertThat(options.secure()).isFalse();
    assertThat(options.idleReport()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void everyOptionIsRead() {
    Options options =
        Options.parse(
            List.of(
                "--data",
                "x",
                "--listen",
                "[::1]:0",
                "--token-file",
                "t",
                "--reset-token",
                "--keystore",
                "k",
                "--keystore-passphrase-file",
                "p",
                "--public-url",
                "https://hatchery.example/",
                "--idle-report",
                "2s",
                "--delta-wait",
                "3m"));
    assertThat(options.listen().getAddress().isLoopbackAddress()).isTrue();
    assertThat(options.secure()).isTrue();
    assertThat(options.publicUrl()).contains(URI.create("https://hatchery.example"));
    assertThat(options.idleReport()).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.deltaWait()).isEqualTo(Duration.ofMinutes(3));
    assertThat(options.resetToken()).isTrue();
  }

  @Test
  void whatMakesNoSenseIsRefusedWithItsName() {
    refused();
    refused("--data");
    refused("--data", "x", "--nonsense");
    refused("--data", "x", "--listen", "8080");
    refused("--data", "x", "--listen", "127.0.0.1:99999");
    refused("--data", "x", "--keystore", "k");
    refused("--data", "x", "--idle-report", "0s");
    refused("--data", "x", "--idle-report", "2h");
    refused("--data", "x", "--delta-wait", "25h");
    refused("--data", "x", "--public-url", "hatchery");
  }

  private static void refused(String... arguments) {
    Refused.refused(Code.BAD_INPUT, () -> Options.parse(List.of(arguments)));
  }
}

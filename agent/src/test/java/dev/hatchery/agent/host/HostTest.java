package dev.hatchery.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fixtures are those of the devices reference, section 8. */
final class HostTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path root;

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void aged(String path, Instant written) throws IOException {
    Files.setLastModifiedTime(root.resolve(path), FileTime.from(written));
  }

  private HostLook look() {
    return new Host(root).look(NOW);
  }

  @Test
  void aPiIsReadFromItsFiles() throws IOException {
    file(
        "proc/stat",
        "cpu  132456 1203 45678 9876543 3456 0 1234 0 7 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n");
    file("proc/meminfo", "MemTotal:        8255616 kB\nMemAvailable:    6191712 kB\n");
    file("proc/vmstat", "nr_free_pages 1\noom_kill 3\n");
    file("sys/class/thermal/thermal_zone0/temp", "48250\n");
    file("sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
    HostLook look = look();
    assertThat(look.busy()).hasValue(132456 + 1203 + 45678 + 1234);
    assertThat(look.ticks()).hasValue(132456 + 1203 + 45678 + 9876543 + 3456 + 1234);
    assertThat(look.memory().orElseThrow()).isCloseTo(0.25, within(1e-9));
    assertThat(look.celsius()).hasValue(48.25);
    assertThat(look.oomKills()).hasValue(3);
    assertThat(look.throttled()).hasValue(0x50005);
  }

  @Test
  void aHostWithoutFilesSaysNothing() {
    assertThat(look()).isEqualTo(HostLook.NOTHING);
  }

  @Test
  void filesThatAreCutOffOrNonsenseSayNothing() throws IOException {
    file("proc/stat", "cpu  132456 1203\n");
    file("proc/meminfo", "MemTotal:        8255616 kB\n");
    file("proc/vmstat", "oom_kill many\n");
    file("sys/class/thermal/thermal_zone0/temp", "hot");
    file("sys/devices/platform/soc/soc:firmware/get_throttled", "zz");
    file("run/hatchery/npu.json", "{\"celsius\":");
    aged("run/hatchery/npu.json", NOW);
    assertThat(look()).isEqualTo(HostLook.NOTHING);
  }

  @Test
  void moreMemoryFreeThanThereIsSaysNothing() throws IOException {
    file("proc/meminfo", "MemTotal: 100 kB\nMemAvailable: 101 kB\n");
    assertThat(look().memory()).isEmpty();
  }

  @Test
  void aFolderInAFilesPlaceSaysNothing() throws IOException {
    Files.createDirectories(root.resolve("proc/stat"));
    Files.createDirectories(root.resolve("sys/class/thermal/thermal_zone0/temp"));
    assertThat(look()).isEqualTo(HostLook.NOTHING);
  }

  @Test
  void sensorsAreFoundByTheirNames() throws IOException {
    file("sys/class/hwmon/hwmon0/name", "rp1_adc\n");
    file("sys/class/hwmon/hwmon0/temp1_input", "55472\n");
    file("sys/class/hwmon/hwmon7/name", "cpu_thermal\n");
    file("sys/class/hwmon/hwmon7/temp1_input", "61000\n");
    file("sys/class/hwmon/hwmon3/name", "rpi_volt\n");
    file("sys/class/hwmon/hwmon3/in0_lcrit_alarm", "1\n");
    assertThat(look().celsius()).hasValue(61);
    assertThat(look().throttled()).isEqualTo(OptionalInt.of(1));
    file("sys/class/hwmon/hwmon3/in0_lcrit_alarm", "0\n");
    assertThat(look().throttled()).isEqualTo(OptionalInt.of(0));
  }

  @Test
  void everyFormOfTheThrottledBitsIsRead() throws IOException {
    for (String form : List.of("throttled=0xe0008", "0xe0008", "e0008")) {
      file("sys/devices/platform/soc@107c000000/soc:firmware/get_throttled", form + "\n");
      assertThat(look().throttled()).hasValue(0xe0008);
    }
  }

  @Test
  void theAcceleratorsMonitorIsBelievedWhileItIsFresh() throws IOException {
    String monitor = "tmp/nnc_utilization/nnc_utilization";
    file(monitor, "37.5\n");
    aged(monitor, NOW.minusSeconds(10));
    assertThat(look().npu().utilisation()).hasValue(0.375);
    aged(monitor, NOW.minusSeconds(11));
    assertThat(look().npu()).isEqualTo(HostLook.Npu.UNKNOWN);
    file(monitor, "-1\n");
    aged(monitor, NOW);
    assertThat(look().npu().utilisation()).isEmpty();
  }

  @Test
  void whatAProcessBesideTheServiceLeavesOutranksTheMonitor() throws IOException {
    file("tmp/nnc_utilization/nnc_utilization", "37.5\n");
    aged("tmp/nnc_utilization/nnc_utilization", NOW);
    file(
        "run/hatchery/npu.json",
        "{\"utilisationPercent\":50,\"celsius\":49.5,\"errors\":2,\"x\":1}");
    aged("run/hatchery/npu.json", NOW);
    HostLook.Npu npu = look().npu();
    assertThat(npu.utilisation()).hasValue(0.5);
    assertThat(npu.celsius()).hasValue(49.5);
    assertThat(npu.errors()).isEqualTo(OptionalLong.of(2));
  }

  @Test
  void noBytesInTheseFilesDoHarm() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      for (String path :
          List.of(
              "proc/stat",
              "proc/meminfo",
              "proc/vmstat",
              "run/hatchery/npu.json",
              "tmp/nnc_utilization/nnc_utilization")) {
        Files.createDirectories(root.resolve(path).getParent());
        Files.write(root.resolve(path), bytes);
        aged(path, NOW);
      }
      assertThat(look().busy()).isEmpty();
    }
  }
}

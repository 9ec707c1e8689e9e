package dev.hatchery.agent.host;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads the host's files (devices reference, section 8, and F8 of section 4 for the NPU). */
public final class Host {
  private static final int MAX = 64 * 1024;
  private static final DataSize MAX_SIZE = new DataSize(MAX);
  private static final int MAX_ENTRIES = 256;

  /** What an accelerator's tools left behind longer ago is of a process that is gone. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private static final Pattern CPU = Pattern.compile("cpu((?: +\\d{1,18}){8,10})\\b");
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final int IDLE = 3;
  private static final int IOWAIT = 4;

  /** user, nice, system, idle, iowait, irq, softirq, steal; guest is in user already. */
  private static final int TICKS = 8;

  private static final Pattern THROTTLED = Pattern.compile("(?:throttled=)?(?:0x)?([0-9a-f]{1,7})");
  private static final int UNDER_VOLTAGE = 1;

  private final Path root;

  /**
   * A host.
   *
   * @param root {@code /} on a device
   */
  public Host(Path root) {
    this.root = root;
  }

  public HostLook look(Instant now) {
    List<Long> ticks = ticks();
    return new HostLook(
        ticks.isEmpty() ? OptionalLong.empty() : OptionalLong.of(busy(ticks)),
        ticks.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sum(ticks)),
        memory(),
        celsius(),
        number(text("proc/vmstat"), "(?m)^oom_kill (\\d{1,15})$"),
        throttled(),
        npu(now));
  }

  private List<Long> ticks() {
    var line = CPU.matcher(text("proc/stat"));
    if (!line.lookingAt()) return List.of();
    return NUMBER
        .matcher(line.group(1))
        .results()
        .limit(TICKS)
        .map(found -> Long.parseLong(found.group()))
        .toList();
  }

  private static long sum(List<Long> ticks) {
    return ticks.stream().mapToLong(Long::longValue).sum();
  }

  private static long busy(List<Long> ticks) {
    return sum(ticks) - ticks.get(IDLE) - ticks.get(IOWAIT);
  }

  private OptionalDouble memory() {
    String meminfo = text("proc/meminfo");
    OptionalLong all = number(meminfo, "(?m)^MemTotal: +(\\d{1,12}) kB$");
    OptionalLong free = number(meminfo, "(?m)^MemAvailable: +(\\d{1,12}) kB$");
    if (all.isEmpty() || free.isEmpty() || free.getAsLong() > all.getAsLong()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(1 - free.getAsLong() / (double) all.getAsLong());
  }

  private OptionalDouble celsius() {
    OptionalDouble zone = milli(text("sys/class/thermal/thermal_zone0/temp"));
    return zone.isPresent() ? zone : milli(sensor("cpu_thermal", "temp1_input"));
  }

  private static OptionalDouble milli(String text) {
    OptionalLong value = number(text, "^(-?\\d{1,7})$");
    return value.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(value.getAsLong() / 1e3);
  }

  // The firmware's bits where the kernel shows them; else at least the voltage alarm, which is
  // their bit 0.
  private OptionalInt throttled() {
    for (Path soc : children("sys/devices/platform", "soc*")) {
      for (Path firmware : children(soc, "*firmware")) {
        var bits = THROTTLED.matcher(text(firmware.resolve("get_throttled")));
        if (bits.matches()) return OptionalInt.of(Integer.parseInt(bits.group(1), 16));
      }
    }
    OptionalLong alarm = number(sensor("rpi_volt", "in0_lcrit_alarm"), "^([01])$");
    return alarm.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of((int) alarm.getAsLong() * UNDER_VOLTAGE);
  }

  // By name: the numbers move from boot to boot.
  private String sensor(String name, String file) {
    for (Path sensor : children("sys/class/hwmon", "hwmon*")) {
      if (text(sensor.resolve("name")).equals(name)) return text(sensor.resolve(file));
    }
    return "";
  }

  // What a process beside the service may leave for us; else what the vendor's monitor leaves.
  private HostLook.Npu npu(Instant now) {
    Path told = root.resolve("run/hatchery/npu.json");
    Optional<HostLook.Npu> npu = fresh(told, now) ? npu(text(told)) : Optional.empty();
    if (npu.isPresent()) return npu.get();
    Path monitor = root.resolve("tmp/nnc_utilization/nnc_utilization");
    OptionalDouble utilisation =
        fresh(monitor, now) ? percent(text(monitor)) : OptionalDouble.empty();
    return new HostLook.Npu(utilisation, OptionalDouble.empty(), OptionalLong.empty());
  }

  private static Optional<HostLook.Npu> npu(String json) {
    try {
      return Optional.of(
          Fields.readOpen(
              Json.parse(json.getBytes(StandardCharsets.UTF_8), MAX_SIZE, "npu.json"),
              f ->
                  new HostLook.Npu(
                      share(f.maybe("utilisationPercent", Fields::real)),
                      real(f.maybe("celsius", Fields::real)),
                      f.maybe("errors", Fields::integer)
                          .map(OptionalLong::of)
                          .orElse(OptionalLong.empty()))));
    } catch (Refusal nonsense) {
      return Optional.empty();
    }
  }

  private static OptionalDouble real(Optional<Double> value) {
    return value.map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  // -1 is the vendor's word for unknown.
  private static OptionalDouble share(Optional<Double> percent) {
    return real(percent.filter(p -> p >= 0 && p <= 100).map(p -> p / 100));
  }

  private static OptionalDouble percent(String text) {
    try {
      return share(Optional.of(Double.parseDouble(text)));
    } catch (NumberFormatException nonsense) {
      return OptionalDouble.empty();
    }
  }

  private static boolean fresh(Path file, Instant now) {
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      return Duration.between(written, now).abs().compareTo(FRESH) <= 0;
    } catch (IOException absent) {
      return false;
    }
  }

  private static OptionalLong number(String text, String form) {
    var found = Pattern.compile(form).matcher(text);
    return found.find() ? OptionalLong.of(Long.parseLong(found.group(1))) : OptionalLong.empty();
  }

  private List<Path> children(String folder, String glob) {
    return children(root.resolve(folder), glob);
  }

  private static List<Path> children(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      for (Path entry : entries) if (found.size() < MAX_ENTRIES) found.add(entry);
    } catch (IOException | java.nio.file.DirectoryIteratorException absent) {
      return List.of();
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  private String text(String file) {
    return text(root.resolve(file));
  }

  // Files of the kernel have no size: they are read, not measured.
  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX), StandardCharsets.UTF_8).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }
}

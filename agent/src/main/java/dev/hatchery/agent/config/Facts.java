package dev.hatchery.agent.config;

import dev.hatchery.agent.config.AgentConfig.Overrides;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceFacts.Platform;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.StackVersion;
import dev.hatchery.core.Version;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the device can see of itself. What cannot be read is unknown, and no reason to stop. */
public final class Facts {
  private static final int MAX = 64 * 1024;
  private static final int MAX_TEXT = 256;
  private static final String LIBHAILORT = "libhailort.so.";
  private static final Pattern PRETTY_NAME = Pattern.compile("(?m)^PRETTY_NAME=\"?([^\"\\n]*)\"?$");
  private static final Pattern PAGE = Pattern.compile("(?m)^KernelPageSize:\\s+(\\d{1,6}) kB$");
  private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s+(\\d{1,12}) kB$");

  private Facts() {}

  /**
   * Looks around.
   *
   * @param root {@code /} on a device
   * @param cpuArch as the Java runtime names it
   */
  public static DeviceFacts read(
      Path root, String cpuArch, String agentVersion, Overrides overrides) {
    return new DeviceFacts(
        overrides.board().orElseGet(() -> text(root.resolve("proc/device-tree/model"))),
        machine(cpuArch),
        found(PRETTY_NAME, text(root.resolve("etc/os-release"), MAX)),
        text(root.resolve("proc/sys/kernel/osrelease")),
        memory(text(root.resolve("proc/meminfo"), MAX)),
        overrides.accelerators(),
        runtimes(root, overrides),
        agentVersion,
        platform(root, overrides));
  }

  // A library in a container is not seen here; the file's word is taken before what is.
  private static Map<String, Version> runtimes(Path root, Overrides overrides) {
    Map<String, Version> runtimes = new TreeMap<>();
    hailort(root).ifPresent(version -> runtimes.put(StackVersion.HAILORT, version));
    runtimes.putAll(overrides.runtimes());
    return runtimes;
  }

  private static Optional<Version> hailort(Path root) {
    return Stream.of("usr/lib", "usr/lib/aarch64-linux-gnu", "usr/local/lib")
        .flatMap(folder -> libraries(root.resolve(folder)).stream())
        .max(Comparator.naturalOrder());
  }

  private static List<Version> libraries(Path folder) {
    List<Version> found = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, LIBHAILORT + "*")) {
      for (Path file : files) {
        version(file.getFileName().toString().substring(LIBHAILORT.length())).ifPresent(found::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    return found;
  }

  // What is on the disk is told by whoever owns it.
  private static Platform platform(Path root, Overrides overrides) {
    return new Platform(
        overrides.driver().or(() -> driver(root)),
        overrides.firmware(),
        kib(found(PAGE, text(root.resolve("proc/self/smaps"), MAX))),
        new DataSize(0),
        new DataSize(0));
  }

  // hailo1x_pci drives a Hailo-10H, hailo_pci a Hailo-8 (devices reference, sections 2 and 4, F9).
  private static Optional<Version> driver(Path root) {
    return Stream.of("hailo1x_pci", "hailo_pci")
        .map(module -> text(root.resolve("sys/module").resolve(module).resolve("version")))
        .flatMap(version -> version(version).stream())
        .findFirst();
  }

  private static Optional<Version> version(String text) {
    try {
      return Optional.of(Version.parse(text));
    } catch (Refusal none) {
      return Optional.empty();
    }
  }

  /** The kernel's name for this machine; empty when unknown. */
  public static String hostName(Path root) {
    return text(root.resolve("proc/sys/kernel/hostname"));
  }

  /** Changes with every boot of the machine; empty when unknown. */
  public static String machineBoot(Path root) {
    return text(root.resolve("proc/sys/kernel/random/boot_id"));
  }

  // Java's names differ from uname's, which manifests use.
  private static String machine(String cpuArch) {
    return switch (cpuArch) {
      case "amd64" -> "x86_64";
      default -> cpuArch;
    };
  }

  private static DataSize memory(String meminfo) {
    return kib(found(MEMORY, meminfo));
  }

  private static DataSize kib(String kib) {
    return kib.isEmpty() ? new DataSize(0) : DataSize.kib(Long.parseLong(kib));
  }

  private static String found(Pattern pattern, String text) {
    Matcher m = pattern.matcher(text);
    return m.find() ? clip(m.group(1), MAX_TEXT) : "";
  }

  private static String text(Path file) {
    return text(file, MAX_TEXT);
  }

  // The device tree's texts end with a NUL (devices reference, section 8).
  private static String text(Path file, int max) {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(max), StandardCharsets.UTF_8);
      return clip(text.replace("\0", "").strip(), max);
    } catch (IOException e) {
      return "";
    }
  }

  private static String clip(String text, int max) {
    return text.length() > max ? text.substring(0, max) : text;
  }
}

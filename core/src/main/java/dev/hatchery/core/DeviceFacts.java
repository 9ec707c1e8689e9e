package dev.hatchery.core;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a device knows about itself. An empty string, an empty list or a size of 0 means "unknown".
 *
 * @param board for example {@code Raspberry Pi 5 Model B Rev 1.0}
 * @param cpuArch as {@code uname -m} says it: {@code aarch64}, {@code x86_64}
 * @param accelerators architectures of its accelerators, for example {@code HAILO10H}
 * @param runtimes versions of what runs models there, for example {@code onnxruntime: 1.29.0}
 * @param shadows slots whose service can run a second bundle beside the one it serves
 */
public record DeviceFacts(
    String board,
    String cpuArch,
    String os,
    String kernel,
    DataSize ram,
    List<String> accelerators,
    Map<String, Version> runtimes,
    String agentVersion,
    Platform platform,
    Set<Name> shadows) {
  private static final int MAX_TEXT = 256;
  private static final int MAX_ENTRIES = 32;
  public static final DeviceFacts UNKNOWN =
      new DeviceFacts("", "", "", "", new DataSize(0), List.of(), Map.of(), "");

  /**
   * What lies below a runtime. Driver and firmware are facts of their own: the one may be upgraded
   * while the other still runs.
   *
   * @param pageSize of memory
   * @param disk size of the file system that bundles lie on
   * @param diskFree what was free there when the device said so
   */
  public record Platform(
      Optional<Version> driver,
      Optional<Version> firmware,
      DataSize pageSize,
      DataSize disk,
      DataSize diskFree) {
    public static final Platform UNKNOWN =
        new Platform(
            Optional.empty(), Optional.empty(), new DataSize(0), new DataSize(0), new DataSize(0));
  }

  public DeviceFacts {
    accelerators = List.copyOf(accelerators);
    runtimes = Collections.unmodifiableMap(new TreeMap<>(runtimes));
    shadows = Collections.unmodifiableSet(new TreeSet<>(shadows));
    if (shadows.size() > DesiredState.MAX_SLOTS) {
      throw Refusal.of(Code.TOO_LARGE, "a device shadows in too many slots")
          .expected("at most " + DesiredState.MAX_SLOTS);
    }
    for (String text : List.of(board, cpuArch, os, kernel, agentVersion)) {
      if (text.length() > MAX_TEXT) {
        throw Refusal.of(Code.TOO_LARGE, "a device fact is too long")
            .expected("at most " + MAX_TEXT);
      }
    }
    if (accelerators.size() > MAX_ENTRIES || runtimes.size() > MAX_ENTRIES) {
      throw Refusal.of(Code.TOO_LARGE, "too many device facts").expected("at most " + MAX_ENTRIES);
    }
  }

  /** Facts of a device that says nothing of its platform. */
  public DeviceFacts(
      String board,
      String cpuArch,
      String os,
      String kernel,
      DataSize ram,
      List<String> accelerators,
      Map<String, Version> runtimes,
      String agentVersion) {
    this(board, cpuArch, os, kernel, ram, accelerators, runtimes, agentVersion, Platform.UNKNOWN);
  }

  /** Facts of a device none of whose services runs shadows. */
  public DeviceFacts(
      String board,
      String cpuArch,
      String os,
      String kernel,
      DataSize ram,
      List<String> accelerators,
      Map<String, Version> runtimes,
      String agentVersion,
      Platform platform) {
    this(board, cpuArch, os, kernel, ram, accelerators, runtimes, agentVersion, platform, Set.of());
  }

  /** The same device, whose services of these slots run shadows. */
  public DeviceFacts shadowing(Set<Name> slots) {
    return new DeviceFacts(
        board, cpuArch, os, kernel, ram, accelerators, runtimes, agentVersion, platform, slots);
  }

  /** The same device with a disk of so many bytes, so many of them free. */
  public DeviceFacts with(long disk, long free) {
    return on(
        new Platform(
            platform.driver,
            platform.firmware,
            platform.pageSize,
            new DataSize(disk),
            new DataSize(free)));
  }

  /** The same device on this platform. */
  public DeviceFacts on(Platform found) {
    return new DeviceFacts(
        board, cpuArch, os, kernel, ram, accelerators, runtimes, agentVersion, found, shadows);
  }
}

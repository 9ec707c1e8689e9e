package dev.hatchery.core;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a bundle may run. All constraints must hold; an empty list, map, range or size constrains
 * nothing. A fact that is asked and not known is no yes, unless the bundle says {@code onUnknown:
 * warn}.
 *
 * @param boards words of what the device tree says, for example {@code Raspberry Pi 5}
 * @param runtimes runtime name to accepted versions, for example {@code hailort: ">=5.1 <5.3"}; an
 *     empty range accepts every version
 */
public record Compatibility(
    List<String> cpuArchs,
    List<String> boards,
    List<String> accelerators,
    Map<String, VersionRange> runtimes,
    DataSize minRam,
    Platform platform,
    boolean warnOnUnknown) {
  public static final Compatibility ANY =
      new Compatibility(List.of(), List.of(), List.of(), Map.of(), new DataSize(0), false);

  /**
   * What lies below a runtime.
   *
   * @param oses words of the system's name, for example {@code trixie}
   * @param pageSizes a Raspberry Pi 5 has pages of 16 KiB by default, which libraries that were
   *     built for 4 KiB do not survive
   * @param minDisk of the file system that bundles lie on, whatever is free there
   */
  public record Platform(
      List<String> oses,
      VersionRange kernel,
      StackVersion driver,
      StackVersion firmware,
      List<DataSize> pageSizes,
      DataSize minDisk) {
    public static final Platform ANY =
        new Platform(
            List.of(),
            new VersionRange(List.of()),
            StackVersion.ANY,
            StackVersion.ANY,
            List.of(),
            new DataSize(0));

    public Platform {
      oses = List.copyOf(oses);
      pageSizes = List.copyOf(pageSizes);
    }
  }

  public Compatibility {
    cpuArchs = List.copyOf(cpuArchs);
    boards = List.copyOf(boards);
    accelerators = List.copyOf(accelerators);
    runtimes = Collections.unmodifiableMap(new TreeMap<>(runtimes));
  }

  /** On any platform. */
  public Compatibility(
      List<String> cpuArchs,
      List<String> boards,
      List<String> accelerators,
      Map<String, VersionRange> runtimes,
      DataSize minRam,
      boolean warnOnUnknown) {
    this(cpuArchs, boards, accelerators, runtimes, minRam, Platform.ANY, warnOnUnknown);
  }

  /** Whether a device with these facts can run the bundle; server and device ask the same. */
  public Fit fit(DeviceFacts facts) {
    return Matching.of(this, facts);
  }
}

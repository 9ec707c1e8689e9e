package dev.hatchery.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How a bundle fits a fleet, grouped by reason. A device with two reasons is in two groups, and
 * counts once.
 *
 * @param unfit devices that cannot run it
 * @param unknown devices that have not said whether they can
 * @param groups the largest first
 */
public record FleetFit(int devices, int unfit, int unknown, List<Group> groups) {
  public static final FleetFit NOBODY = new FleetFit(0, 0, 0, List.of());
  private static final int EXAMPLES = 5;
  private static final int TOLD = 8;

  /** Devices that one thing keeps from the bundle, a few of them by name. */
  public record Group(Misfit misfit, int devices, List<DeviceId> examples) {
    public Group {
      examples = List.copyOf(examples);
    }

    String told() {
      String names = examples.stream().map(DeviceId::value).collect(Collectors.joining(", "));
      return devices + " " + misfit + " (" + names + (devices > examples.size() ? ", …)" : ")");
    }
  }

  public FleetFit {
    groups = List.copyOf(groups);
  }

  public static FleetFit of(Map<DeviceId, Fit> fits) {
    Map<Misfit, List<DeviceId>> by = new LinkedHashMap<>();
    int unfit = 0;
    int unknown = 0;
    for (var entry : new TreeMap<>(fits).entrySet()) {
      switch (entry.getValue()) {
        case Fit.Fits() -> {}
        case Fit.Unfit _ -> unfit++;
        case Fit.Unknown _ -> unknown++;
      }
      for (Misfit misfit : entry.getValue().misfits()) {
        by.computeIfAbsent(misfit, _ -> new ArrayList<>()).add(entry.getKey());
      }
    }
    List<Group> groups =
        by.entrySet().stream()
            .map(e -> new Group(e.getKey(), e.getValue().size(), some(e.getValue())))
            .sorted(
                Comparator.comparingInt(Group::devices)
                    .reversed()
                    .thenComparing(group -> group.misfit.toString()))
            .toList();
    return new FleetFit(fits.size(), unfit, unknown, groups);
  }

  private static List<DeviceId> some(List<DeviceId> devices) {
    return devices.subList(0, Math.min(EXAMPLES, devices.size()));
  }

  /** Whether every device can run it and says so. */
  public boolean whole() {
    return unfit == 0 && unknown == 0;
  }

  /** {@code 37 of 412 devices cannot run this: 30 hailort 5.1.1, needs >=5.2.0 (cam-1, …); …}. */
  public String cannot() {
    return told(unfit, "cannot run this", false);
  }

  /** {@code 4 of 412 devices do not say whether they can run this: 4 hailort unknown, …}. */
  public String unsaid() {
    return told(unknown, "do not say whether they can run this", true);
  }

  private String told(int count, String what, boolean ofUnknown) {
    List<Group> these = groups.stream().filter(g -> g.misfit.unknown() == ofUnknown).toList();
    String reasons = these.stream().limit(TOLD).map(Group::told).collect(Collectors.joining("; "));
    int more = these.size() - TOLD;
    return count
        + " of "
        + devices
        + " devices "
        + what
        + ": "
        + reasons
        + (more > 0 ? "; and " + more + " more reasons" : "");
  }
}

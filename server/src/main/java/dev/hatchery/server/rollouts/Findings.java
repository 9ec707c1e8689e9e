package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.wire.api.PreflightView.Check;
import dev.hatchery.wire.api.PreflightView.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a look ahead finds, as it is gathered: devices with one trouble stand together. */
final class Findings {
  private static final int EXAMPLES = 5;

  private final List<Finding> ofAll = new ArrayList<>();
  private final Map<Trouble, List<DeviceId>> byTrouble = new LinkedHashMap<>();

  /** What devices may have in common. */
  record Trouble(Check check, boolean stops, String what, String fix) {}

  /** Of the rollout as a whole, or counted already. */
  void add(Finding finding) {
    ofAll.add(finding);
  }

  void add(DeviceId device, Trouble trouble) {
    byTrouble.computeIfAbsent(trouble, _ -> new ArrayList<>()).add(device);
  }

  /** By check, what stops first, then by how many it concerns. */
  List<Finding> sorted() {
    List<Finding> all = new ArrayList<>(ofAll);
    byTrouble.forEach(
        (t, devices) ->
            all.add(
                new Finding(
                    t.check,
                    t.stops,
                    t.what,
                    t.fix,
                    devices.size(),
                    devices.subList(0, Math.min(EXAMPLES, devices.size())))));
    all.sort(
        Comparator.comparing(Finding::check)
            .thenComparing(finding -> !finding.stops())
            .thenComparingInt(finding -> -finding.devices()));
    return all;
  }
}

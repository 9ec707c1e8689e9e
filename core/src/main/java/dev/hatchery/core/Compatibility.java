package dev.hatchery.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a bundle may run. All constraints must hold; an empty list or map constrains nothing. A
 * fact the device does not know counts as incompatible, unless the bundle says {@code onUnknown:
 * warn}.
 *
 * @param runtimes runtime name to accepted versions, for example {@code onnxruntime: ">=1.20 <2"}
 */
public record Compatibility(
    List<String> cpuArchs,
    List<String> boards,
    List<String> accelerators,
    Map<String, VersionRange> runtimes,
    DataSize minRam,
    boolean warnOnUnknown) {
  public static final Compatibility ANY =
      new Compatibility(List.of(), List.of(), List.of(), Map.of(), new DataSize(0), false);

  public Compatibility {
    cpuArchs = List.copyOf(cpuArchs);
    boards = List.copyOf(boards);
    accelerators = List.copyOf(accelerators);
    runtimes = Collections.unmodifiableMap(new TreeMap<>(runtimes));
  }

  /** Why the bundle cannot run on a device with these facts, in plain words; empty when it can. */
  public List<String> objections(DeviceFacts facts) {
    List<String> objections = new ArrayList<>();
    oneOf("CPU architecture", cpuArchs, List.of(facts.cpuArch()), objections);
    oneOf("board", boards, List.of(facts.board()), objections);
    oneOf("accelerator", accelerators, facts.accelerators(), objections);
    runtimes.forEach((name, range) -> runtime(name, range, facts, objections));
    if (facts.ram().bytes() == 0 ? unknownCounts(minRam) : facts.ram().compareTo(minRam) < 0) {
      objections.add("RAM " + facts.ram() + " < " + minRam);
    }
    return objections;
  }

  private boolean unknownCounts(DataSize required) {
    return required.bytes() > 0 && !warnOnUnknown;
  }

  private void oneOf(
      String what, List<String> accepted, List<String> has, List<String> objections) {
    if (accepted.isEmpty() || has.stream().anyMatch(accepted::contains)) return;
    boolean unknown = has.stream().allMatch(String::isEmpty);
    if (unknown && warnOnUnknown) return;
    objections.add(
        what + " " + (unknown ? "unknown" : String.join(",", has)) + ", needs " + accepted);
  }

  private void runtime(
      String name, VersionRange range, DeviceFacts facts, List<String> objections) {
    Version has = facts.runtimes().get(name);
    if (has == null) {
      if (!warnOnUnknown) objections.add(name + " unknown, needs " + range);
    } else if (!range.contains(has)) {
      objections.add(name + " " + has + ", needs " + range);
    }
  }
}

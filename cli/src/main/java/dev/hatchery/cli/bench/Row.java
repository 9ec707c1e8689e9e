package dev.hatchery.cli.bench;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one pair came to.
 *
 * @param tools the bytes that each tool's patch or compressed file has
 * @param applied the patch, applied in a process of its own; its result had the right hash
 */
public record Row(
    String pair,
    long newBytes,
    long patchBytes,
    Map<Tool, Long> tools,
    double createSeconds,
    ApplyMeter.Reading applied) {
  public Row {
    Map<Tool, Long> copy = new EnumMap<>(Tool.class);
    copy.putAll(tools);
    tools = Collections.unmodifiableMap(copy);
  }

  /** The smallest patch that any of the tools made. */
  public Optional<Long> best() {
    return least(Tool.Kind.DELTA);
  }

  private Optional<Long> least(Tool.Kind kind) {
    return tools.entrySet().stream()
        .filter(tool -> tool.getKey().kind() == kind)
        .map(Map.Entry::getValue)
        .min(Long::compare);
  }

  Optional<Long> rival(Goal.Rival rival) {
    return switch (rival) {
      case BSDIFF -> Optional.ofNullable(tools.get(Tool.BSDIFF));
      case BEST -> best();
      case FULL -> least(Tool.Kind.FULL);
    };
  }
}

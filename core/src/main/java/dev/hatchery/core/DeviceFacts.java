package dev.hatchery.core;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a device knows about itself. An empty string, an empty list or a size of 0 means "unknown".
 *
 * @param board for example {@code Raspberry Pi 5 Model B Rev 1.0}
 * @param cpuArch as {@code uname -m} says it: {@code aarch64}, {@code x86_64}
 * @param accelerators architectures of its accelerators, for example {@code HAILO10H}
 * @param runtimes versions of what runs models there, for example {@code onnxruntime: 1.29.0}
 */
public record DeviceFacts(
    String board,
    String cpuArch,
    String os,
    String kernel,
    DataSize ram,
    List<String> accelerators,
    Map<String, Version> runtimes,
    String agentVersion) {
  private static final int MAX_TEXT = 256;
  private static final int MAX_ENTRIES = 32;
  public static final DeviceFacts UNKNOWN =
      new DeviceFacts("", "", "", "", new DataSize(0), List.of(), Map.of(), "");

  public DeviceFacts {
    accelerators = List.copyOf(accelerators);
    runtimes = Collections.unmodifiableMap(new TreeMap<>(runtimes));
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
}

package dev.hatchery.core;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What really runs on a device, signed by it. Reports are numbered without end ({@code seq}, kept
 * over restarts) and chained by hash, so the server takes each once and sees a clone.
 *
 * @param bootId names one run of the agent; a new one is a restart
 * @param prevHash digest of the previous report's payload; absent in the first
 * @param at the device's clock, which may be wrong
 * @param facts sent with the first report of each boot, and whenever the stack has changed since
 * @param wire what this boot's connections have carried; absent where the agent cannot count it
 */
public record Report(
    DeviceId device,
    String bootId,
    long seq,
    Optional<Digest> prevHash,
    Instant at,
    long desiredCounter,
    Optional<DeviceFacts> facts,
    Map<Name, SlotStatus> slots,
    List<Event> events,
    List<Window> windows,
    Optional<WireCount> wire) {
  /** A report's envelope is capped before it is parsed. */
  public static final DataSize MAX_SIZE = DataSize.kib(64);

  public static final int MAX_EVENTS = 256;
  public static final int MAX_WINDOWS = 256;

  public Report {
    slots = Collections.unmodifiableMap(new TreeMap<>(slots));
    events = List.copyOf(events);
    windows = List.copyOf(windows);
    if (seq < 1 || bootId.isEmpty() || bootId.length() > 64) {
      throw Refusal.of(
          Code.BAD_INPUT, "a report needs a boot id of at most 64 characters and a seq from 1");
    }
    if (slots.size() > DesiredState.MAX_SLOTS
        || events.size() > MAX_EVENTS
        || windows.size() > MAX_WINDOWS) {
      throw Refusal.of(Code.TOO_LARGE, "a report holds too much");
    }
  }
}

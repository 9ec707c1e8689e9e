package dev.hatchery.lab.gates;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.Window;
import dev.hatchery.rollout.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** How a device reports under one order. */
final class Told {
  private final SlotStatus underWay;
  private final SlotStatus proved;
  private final SlotStatus back;
  private final SlotStatus stuck;
  private long index;

  Told(String commandId) {
    underWay = status(SlotStatus.State.FETCHING, commandId, Setting.OLD, Optional.empty());
    proved = status(SlotStatus.State.CONFIRMED, commandId, Setting.NEW, Optional.empty());
    back =
        status(SlotStatus.State.ROLLED_BACK, commandId, Setting.OLD, Optional.of(Code.CRASH_LOOP));
    stuck = status(SlotStatus.State.FAILED, commandId, Setting.OLD, Optional.of(Code.NO_SPACE));
  }

  private static SlotStatus status(
      SlotStatus.State state, String commandId, Digest running, Optional<Code> why) {
    return new SlotStatus(
        state,
        Optional.of(commandId),
        Optional.of(running),
        Optional.of(Setting.OLD),
        Optional.of(running),
        SlotStatus.Proof.ECHOED,
        why,
        "",
        Traffic.NONE);
  }

  Observation say(Device device, long minute, Instant now) {
    return switch (device.state()) {
      case BEFORE, FETCHING, TRIAL -> plain(device, now, underWay);
      case WENT_BACK -> plain(device, now, back);
      case STUCK -> plain(device, now, stuck);
      case ON_TARGET ->
          new Observation(
              device.id(),
              now,
              "boot-1",
              proved,
              List.of(),
              List.of(window(device.measure(minute), now)));
    };
  }

  private static Observation plain(Device device, Instant now, SlotStatus status) {
    return new Observation(device.id(), now, "boot-1", status, List.of(), List.of());
  }

  // Gates read no histogram of the target, only the request drawn by lot.
  private Window window(Reading reading, Instant now) {
    return new Window(
        Setting.SLOT,
        Setting.NEW,
        index++,
        now.minus(Setting.MINUTE),
        Setting.MINUTE,
        true,
        reading.requests(),
        reading.requests(),
        reading.errors(),
        0,
        LatencyHistogram.EMPTY,
        reading.requests() == 0 ? OptionalInt.empty() : OptionalInt.of(reading.sample()));
  }
}

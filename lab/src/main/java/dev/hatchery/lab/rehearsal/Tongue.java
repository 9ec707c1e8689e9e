package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import java.time.Instant;
import java.util.Optional;

/** How a device says under one order where it stands. */
final class Tongue {
  private final Name slot;
  private final Digest before;
  private final Digest target;
  private final String commandId;

  Tongue(Name slot, Digest before, Digest target, String commandId) {
    this.slot = slot;
    this.before = before;
    this.target = target;
    this.commandId = commandId;
  }

  SlotStatus say(Device.State state) {
    return switch (state) {
      case BEFORE, FETCHING -> status(SlotStatus.State.FETCHING, before, Optional.empty());
      case STAGED -> status(SlotStatus.State.VERIFIED, before, Optional.empty());
      case TRIAL -> status(SlotStatus.State.TRIAL, target, Optional.empty());
      case ON_TARGET -> status(SlotStatus.State.CONFIRMED, target, Optional.empty());
      case WENT_BACK -> status(SlotStatus.State.ROLLED_BACK, before, Optional.of(Code.CRASH_LOOP));
      case STUCK -> status(SlotStatus.State.FAILED, before, Optional.of(Code.NO_SPACE));
    };
  }

  private SlotStatus status(SlotStatus.State state, Digest current, Optional<Code> why) {
    return new SlotStatus(
        state,
        Optional.of(commandId),
        Optional.of(current),
        Optional.of(before),
        Optional.of(current),
        SlotStatus.Proof.ECHOED,
        why,
        "",
        Traffic.NONE);
  }

  /** That its trial went well; what was measured before is evidence, but no soak. */
  Event confirmed(Instant at) {
    return new Event(
        slot,
        Event.Kind.CONFIRMED,
        at,
        commandId,
        Optional.of(target),
        Optional.empty(),
        "",
        Traffic.NONE);
  }
}

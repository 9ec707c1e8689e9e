package dev.hatchery.wire.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How another updater stands.
 *
 * @param restraint number of the hold that keeps orders away, while it is granted
 * @param until when it ends; or, when it waits, from when on it may be granted, where that is known
 * @param why what it waits for, one line a device, the first few of them
 */
public record PermitView(
    State state, Optional<Long> restraint, Optional<Instant> until, List<String> why) {
  /** Whether devices may be changed. */
  public enum State {
    /** They may, and get no order meanwhile. */
    GRANTED,
    /** Not yet: ask again. */
    WAIT,
    /** There is no permit: never asked for, let go, or over. */
    NONE
  }

  public PermitView {
    why = List.copyOf(why);
  }
}

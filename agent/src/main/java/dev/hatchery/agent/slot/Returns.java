package dev.hatchery.agent.slot;

import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Digest;
import java.util.Optional;

/** The links of a slot that goes back. Doing it twice is doing it once. */
final class Returns {
  private Returns() {}

  /**
   * Points the slot at what it goes back to.
   *
   * @param to absent when there is nothing: then the slot has no current bundle
   */
  static void point(Slot slot, Optional<Digest> to) {
    if (to.isEmpty()) {
      slot.unpoint(Pointer.CURRENT);
      return;
    }
    if (!slot.pointer(Pointer.CURRENT).equals(to)) slot.point(Pointer.CURRENT, to.get());
    // After a confirmed bundle turned out bad, the good one is the one before it.
    if (!slot.pointer(Pointer.LKG).equals(to)) slot.point(Pointer.LKG, to.get());
    if (slot.pointer(Pointer.PREV).equals(to)) slot.unpoint(Pointer.PREV);
  }
}

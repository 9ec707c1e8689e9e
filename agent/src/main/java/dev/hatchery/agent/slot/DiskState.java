package dev.hatchery.agent.slot;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.store.Installed;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that {@link Recovery} may look at: what is on disk, and nothing else.
 *
 * @param journalDamaged the journal had lost records that it once acknowledged
 */
record DiskState(boolean journalDamaged, List<OfSlot> slots) {
  DiskState {
    slots = List.copyOf(slots);
  }

  /**
   * One slot.
   *
   * @param sound bundles that are what their manifest says
   * @param leftovers names in {@code v/} that no finished step leaves
   * @param wentDown whether the machine may have gone down without a word
   */
  record OfSlot(
      Name slot,
      Ledger ledger,
      Optional<Digest> current,
      Optional<Digest> lkg,
      Optional<Digest> prev,
      Set<Digest> sound,
      List<String> leftovers,
      Optional<Digest> shadow,
      boolean wentDown) {
    /** One without a shadow. */
    OfSlot(
        Name slot,
        Ledger ledger,
        Optional<Digest> current,
        Optional<Digest> lkg,
        Optional<Digest> prev,
        Set<Digest> sound,
        List<String> leftovers) {
      this(slot, ledger, current, lkg, prev, sound, leftovers, Optional.empty(), false);
    }

    boolean sound(Optional<Digest> bundle) {
      return bundle.filter(sound::contains).isPresent();
    }
  }

  /** How closely bundles are looked at. */
  enum Depth {
    /** Names and sizes: after a restart of the agent alone, the kernel has lost nothing. */
    GLANCE,
    /** Every byte: after the machine went down without warning. */
    FULL
  }

  /** Looks at one slot. */
  static OfSlot read(Disk disk, Slot slot, Ledger ledger, Depth depth) {
    Set<Digest> sound = new TreeSet<>();
    Set<Digest> asked = new TreeSet<>();
    for (Pointer pointer : Pointer.values()) slot.pointer(pointer).ifPresent(asked::add);
    ledger.bundle().ifPresent(asked::add);
    ledger.goBackTo().ifPresent(asked::add);
    for (Digest bundle : asked) {
      if (slot.has(bundle) && sound(disk, slot, bundle, depth)) sound.add(bundle);
    }
    return new OfSlot(
        slot.name(),
        ledger,
        slot.pointer(Pointer.CURRENT),
        slot.pointer(Pointer.LKG),
        slot.pointer(Pointer.PREV),
        sound,
        slot.leftovers(),
        slot.pointer(Pointer.SHADOW),
        depth == Depth.FULL);
  }

  private static boolean sound(Disk disk, Slot slot, Digest bundle, Depth depth) {
    try {
      switch (depth) {
        case GLANCE -> Installed.glance(disk, slot.version(bundle), bundle);
        case FULL -> Installed.verify(disk, slot.version(bundle), bundle);
      }
      return true;
    } catch (Refusal notSound) {
      return false;
    }
  }
}

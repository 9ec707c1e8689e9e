package dev.hatchery.agent.slot;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.store.Store;
import dev.hatchery.core.Name;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * The beginning and the end of a run: how closely the disk must be looked at, and putting it in
 * order. An agent that was killed alone has lost nothing that the kernel held; a machine that went
 * down without a word may have.
 */
public final class Boot {
  private final StateFile<Mark> file;
  private final String machineBoot;
  private final DiskState.Depth depth;

  private record Mark(String machineBoot, boolean clean) {
    static final Codec<Mark> CODEC =
        new Codec<>(
            m -> Tree.object().put("machineBoot", m.machineBoot).put("clean", m.clean).done(),
            node ->
                Fields.read(
                    node, f -> new Mark(f.text("machineBoot"), f.get("clean", Fields::bool))));
  }

  /**
   * Begins a run.
   *
   * @param machineBoot names the machine's boot; empty when unknown
   */
  public Boot(Disk disk, Path state, String machineBoot) {
    this.file = new StateFile<>(disk, state.resolve("boot.json"), Mark.CODEC);
    this.machineBoot = machineBoot;
    this.depth =
        switch (file.read()) {
          case StateFile.Absent<Mark> _ -> DiskState.Depth.GLANCE;
          case StateFile.Bad<Mark> _ -> DiskState.Depth.FULL;
          case StateFile.Good<Mark> good -> depth(good.document());
        };
    file.write(new Mark(machineBoot, false));
  }

  private DiskState.Depth depth(Mark last) {
    boolean sameBoot = !machineBoot.isEmpty() && machineBoot.equals(last.machineBoot);
    return last.clean || sameBoot ? DiskState.Depth.GLANCE : DiskState.Depth.FULL;
  }

  /** Looks at the slots and puts right what must be, before anything else is done. */
  public void recover(Store store, Journal journal, Map<Name, SlotLog> logs) {
    var seen =
        logs.keySet().stream()
            .map(
                name -> DiskState.read(store.disk(), store.slot(name), journal.ledger(name), depth))
            .toList();
    Recovery.carryOut(
        Recovery.plan(new DiskState(journal.damaged(), seen)), store, name -> logOf(logs, name));
  }

  private static SlotLog logOf(Map<Name, SlotLog> logs, Name name) {
    SlotLog log = logs.get(name);
    if (log == null) throw new IllegalArgumentException("no slot " + name);
    return log;
  }

  /** Throws away what no slot needs; only once every machine has pinned what it is fetching. */
  public static void tidy(Store store, Journal journal, Collection<Name> slots) {
    for (Name name : slots) {
      if (!journal.ledger(name).busy()) store.collect(store.slot(name), Set.of());
    }
  }

  /** All is synced and nothing runs any more. */
  public void ended() {
    file.write(new Mark(machineBoot, true));
  }
}

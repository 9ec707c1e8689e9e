package dev.hatchery.agent.journal;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.DiskFile;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The file, and what it says in memory. All slots and threads share one. */
public final class Journal implements AutoCloseable {
  private static final DataSize MAX = DataSize.mib(16);

  /** Rewritten when it is opened and has grown past this. */
  private static final DataSize COMPACT = DataSize.kib(128);

  /** What compaction always keeps of a slot: its commands that failed, and its restarts. */
  private static final int KEEP = 128;

  private final Disk disk;
  private final Path file;
  private final boolean damaged;
  // Serial by nature: the order of the records is the order of what happened. Guards all below.
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Entry> entries;
  private final Map<Name, Ledger> ledgers = new HashMap<>();
  private DiskFile out;
  private long last;
  private boolean broken;

  private Journal(
      Disk disk, Path file, List<Entry> entries, long last, boolean damaged, DiskFile out) {
    this.disk = disk;
    this.file = file;
    this.entries = new ArrayList<>(entries);
    this.last = last;
    this.damaged = damaged;
    this.out = out;
    entries.forEach(this::fold);
  }

  /**
   * Opens or makes it. A record that a power cut tore is cut off. A damaged journal is set aside as
   * {@code journal.damaged}, and a new one begins with what stood before the damage.
   */
  public static Journal open(Disk disk, Path file) {
    boolean there = disk.kind(file) != Disk.Kind.ABSENT;
    byte[] bytes = there ? disk.read(file, MAX) : new byte[0];
    Framing.Content content = Framing.read(bytes);
    if (!there || content.damaged()) {
      // The copy is only for people; it is written first, so that the evidence is never lost.
      if (there) Durable.replace(disk, file.resolveSibling("journal.damaged"), bytes);
      Durable.replace(disk, file, Framing.write(content.entries()));
    }
    DiskFile out = disk.append(file);
    if (out.size() > content.good()) {
      out.truncate(content.good());
      out.force();
    }
    long last = content.entries().isEmpty() ? 0 : content.entries().getLast().seq();
    return new Journal(
        disk, file, content.entries(), content.later().orElse(last), content.damaged(), out);
  }

  /** Whether the storage had lost records that it once acknowledged. */
  public boolean damaged() {
    return damaged;
  }

  /** Durable when it returns; whatever it announces may be done only then. */
  public Entry append(
      Instant at,
      Name slot,
      String commandId,
      Optional<Digest> bundle,
      Traffic traffic,
      Step step) {
    lock.lock();
    try {
      if (broken) {
        throw Refusal.of(Code.STORAGE, "the journal failed before and must be opened anew")
            .at(file.toString());
      }
      // fsync that failed once may say yes the next time and have lost the data (durability
      // reference, section 2): until it has succeeded, this journal is broken.
      broken = true;
      Entry entry = new Entry(last + 1, at, slot, commandId, bundle, traffic, step);
      out.write(Framing.write(entry));
      out.force();
      broken = false;
      last = entry.seq();
      entries.add(entry);
      fold(entry);
      return entry;
    } finally {
      lock.unlock();
    }
  }

  public Ledger ledger(Name slot) {
    lock.lock();
    try {
      return ledgers.getOrDefault(slot, Ledger.EMPTY);
    } finally {
      lock.unlock();
    }
  }

  /** All entries with a higher number, in order. */
  public List<Entry> after(long seq) {
    lock.lock();
    try {
      int from = entries.size();
      while (from > 0 && entries.get(from - 1).seq() > seq) from--;
      return List.copyOf(entries.subList(from, entries.size()));
    } finally {
      lock.unlock();
    }
  }

  /** The highest number given so far. */
  public long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Makes sure that no number up to this is given again, whatever the file has lost. */
  public void skipTo(long seq) {
    lock.lock();
    try {
      last = Math.max(last, seq);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Rewrites the file when it has grown, without what nobody needs any more. Never forgotten: what
   * was not yet reported, and a slot's entries from its last accepted order on.
   */
  public void compact(long reportedThrough) {
    lock.lock();
    try {
      if (out.size() < COMPACT.bytes()) return;
      List<Entry> kept = kept(reportedThrough);
      out.close();
      Durable.replace(disk, file, Framing.write(kept));
      out = disk.append(file);
      entries.clear();
      entries.addAll(kept);
      ledgers.clear();
      kept.forEach(this::fold);
    } finally {
      lock.unlock();
    }
  }

  private List<Entry> kept(long reportedThrough) {
    Map<Name, Integer> seen = new HashMap<>();
    Set<Name> orderSeen = new HashSet<>();
    List<Entry> kept = new ArrayList<>();
    for (Entry entry : entries.reversed()) {
      boolean recent = seen.merge(entry.slot(), 1, Integer::sum) <= KEEP;
      boolean ofOrder =
          !orderSeen.contains(entry.slot()) && !(entry.step() instanceof Step.Restarted);
      if (entry.seq() > reportedThrough || recent || ofOrder) kept.add(entry);
      if (entry.step() instanceof Step.Accepted) orderSeen.add(entry.slot());
    }
    return kept.reversed();
  }

  private void fold(Entry entry) {
    ledgers.put(entry.slot(), ledgers.getOrDefault(entry.slot(), Ledger.EMPTY).plus(entry));
  }

  @Override
  public void close() {
    out.close();
  }
}

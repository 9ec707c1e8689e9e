package dev.hatchery.agent.report;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Signed reports on their way: {@code outbox/<seq>.json}. A report's file is durable before the
 * report is sent, and before its number counts as given; a crash between the two is found when the
 * outbox is opened. So no number is ever given to two reports.
 *
 * <p>Not thread-safe: the reporter's.
 */
public final class Outbox {
  /** Reports beyond this are not made: events wait in the journal, windows in their buffer. */
  static final int MAX = 64;

  private final Disk disk;
  private final Path folder;
  private final StateFile<Last> lastFile;
  private final SortedMap<Long, Stored> stored = new TreeMap<>();
  private Last last;

  /**
   * The chain's end.
   *
   * @param journalThrough the last journal entry that a report told
   */
  private record Last(long seq, Optional<Digest> hash, long journalThrough) {
    static final Codec<Last> CODEC =
        new Codec<>(
            l ->
                Tree.object()
                    .put("seq", l.seq)
                    .maybe("hash", l.hash)
                    .put("journalThrough", l.journalThrough)
                    .done(),
            node ->
                Fields.read(
                    node,
                    f ->
                        new Last(
                            f.integer("seq"),
                            f.maybeParsed("hash", Digest::parse),
                            f.integer("journalThrough"))));
  }

  private record Stored(long journalThrough, Envelope report) {
    static final Codec<Stored> CODEC =
        new Codec<>(
            s ->
                Tree.object()
                    .put("journalThrough", s.journalThrough)
                    .put("report", Wire.ENVELOPE.write(s.report))
                    .done(),
            node ->
                Fields.read(
                    node,
                    f ->
                        new Stored(
                            f.integer("journalThrough"), f.get("report", Wire.ENVELOPE::read))));
  }

  public Outbox(Disk disk, Layout layout) {
    this.disk = disk;
    this.folder = layout.outbox();
    this.lastFile = new StateFile<>(disk, layout.state().resolve("reporting.json"), Last.CODEC);
    this.last = lastFile.read().value().orElse(new Last(0, Optional.empty(), 0));
    for (String name : disk.names(folder)) read(name);
    if (!stored.isEmpty() && stored.lastKey() > last.seq) {
      adopt(stored.lastKey(), stored.get(stored.lastKey()));
    }
  }

  private void read(String name) {
    Path file = folder.resolve(name);
    Optional<Stored> report =
        name.matches("\\d{12}\\.json")
            ? new StateFile<>(disk, file, Stored.CODEC).read().value()
            : Optional.empty();
    if (report.isPresent()) stored.put(Long.parseLong(name.substring(0, 12)), report.get());
    else Durable.remove(disk, file);
  }

  private void adopt(long seq, @Nullable Stored report) {
    if (report == null) return;
    last = new Last(seq, Optional.of(report.report.payload().digest()), report.journalThrough);
    lastFile.write(last);
  }

  long nextSeq() {
    return last.seq + 1;
  }

  Optional<Digest> lastHash() {
    return last.hash;
  }

  /** The last journal entry that a report told. */
  public long journalThrough() {
    return last.journalThrough;
  }

  int size() {
    return stored.size();
  }

  boolean full() {
    return stored.size() >= MAX;
  }

  /** Keeps the report that has {@link #nextSeq} and {@link #lastHash}. Durable when it returns. */
  void add(Envelope report, long journalThrough) {
    long seq = nextSeq();
    Stored next = new Stored(journalThrough, report);
    new StateFile<>(disk, file(seq), Stored.CODEC).write(next);
    stored.put(seq, next);
    adopt(seq, next);
  }

  private Path file(long seq) {
    return folder.resolve("%012d.json".formatted(seq));
  }

  /** The oldest reports. */
  List<Envelope> oldest(int max) {
    List<Envelope> oldest = new ArrayList<>();
    for (Stored report : stored.values()) {
      if (oldest.size() == max) break;
      oldest.add(report.report);
    }
    return oldest;
  }

  /** The server has these for good. */
  void acknowledged(long seq) {
    List<Long> done = List.copyOf(stored.headMap(seq + 1).keySet());
    for (long one : done) {
      Durable.remove(disk, file(one));
      stored.remove(one);
    }
    // The device's own numbers are lost, or it was restored: it goes on after what is known of it.
    if (seq > last.seq) {
      last = new Last(seq, Optional.empty(), last.journalThrough);
      lastFile.write(last);
    }
  }
}

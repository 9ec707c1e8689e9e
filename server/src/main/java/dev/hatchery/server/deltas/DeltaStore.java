package dev.hatchery.server.deltas;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.log.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** All patches, in the table and in memory. */
final class DeltaStore {
  private static final Log LOG = Log.of(DeltaStore.class);

  /** Those that wait to be made; devices do without what does not fit. */
  static final int PENDING_MAX = 256;

  /** From so many files one target can be made: the most wanted ones. */
  static final int BASES_MAX = 8;

  private static final int REASON_MAX = 512;
  private static final String WHERE = " WHERE repository = ? AND target = ? AND base = ?";

  // In step with the table after each commit.
  private final Map<Pair, Delta> known = new ConcurrentHashMap<>();

  DeltaStore(Db db) {
    db.read(DeltaStore::all).forEach(delta -> known.put(delta.pair(), delta));
  }

  Optional<Delta> find(Pair pair) {
    return Optional.ofNullable(known.get(pair));
  }

  Collection<Delta> all() {
    return known.values();
  }

  /** The files that this blob of the repository makes, as a patch. */
  Set<Digest> targets(Name repository, Digest patch) {
    return known.values().stream()
        .filter(d -> d.pair().repository().equals(repository))
        .filter(d -> d.state() instanceof Delta.Ready ready && ready.patch().equals(patch))
        .map(d -> d.pair().target())
        .collect(Collectors.toSet());
  }

  /** What to make next: from what devices hold before from nothing, for the most devices first. */
  Optional<Delta> next() {
    return known.values().stream()
        .filter(Delta::pending)
        .min(
            Comparator.comparing((Delta d) -> d.pair().base().isEmpty())
                .thenComparingLong(d -> -d.wanted())
                .thenComparing(d -> d.pair().toString()));
  }

  /**
   * Adds what is new of this and takes up the counts, within the limits.
   *
   * @param again try also what failed before
   */
  void want(Tx tx, List<Delta> wanted, boolean again, Instant now) {
    long pending = known.values().stream().filter(Delta::pending).count();
    Map<Digest, Long> bases =
        known.values().stream()
            .filter(d -> d.pair().base().isPresent())
            .collect(Collectors.groupingBy(d -> d.pair().target(), Collectors.counting()));
    int left = 0;
    for (Delta delta : wanted) {
      boolean isNew = !known.containsKey(delta.pair());
      if (isNew && !fits(delta, pending, bases)) {
        left++;
        continue;
      }
      if (isNew) {
        pending++;
        if (delta.pair().base().isPresent()) bases.merge(delta.pair().target(), 1L, Long::sum);
      }
      add(tx, delta, again, now);
    }
    if (left > 0) LOG.info("deltas.not-made", "patches", left, "why", "as many as may be");
  }

  boolean fits(Delta delta) {
    long pending = known.values().stream().filter(Delta::pending).count();
    long bases =
        known.values().stream()
            .filter(d -> d.pair().target().equals(delta.pair().target()))
            .filter(d -> d.pair().base().isPresent())
            .count();
    return fits(delta, pending, Map.of(delta.pair().target(), bases));
  }

  private static boolean fits(Delta delta, long pending, Map<Digest, Long> bases) {
    boolean room =
        delta.pair().base().isEmpty() || bases.getOrDefault(delta.pair().target(), 0L) < BASES_MAX;
    return pending < PENDING_MAX && room;
  }

  private void add(Tx tx, Delta delta, boolean again, Instant now) {
    Pair pair = delta.pair();
    tx.run(
        "INSERT INTO delta (repository, target, base, target_size, wanted, wanted_at, state) VALUES"
            + " (?, ?, ?, ?, ?, ?, 'PENDING') ON CONFLICT (repository, target, base) DO UPDATE SET"
            + " wanted = max(wanted, excluded.wanted), wanted_at = excluded.wanted_at, state = CASE"
            + " WHEN state = 'REFUSED' AND lasting = 0 AND ? THEN 'PENDING' ELSE state END",
        pair.repository(),
        pair.target(),
        base(pair),
        delta.targetSize(),
        delta.wanted(),
        now,
        again);
    tx.afterCommit(
        () ->
            known.merge(
                pair,
                delta,
                (old, _) -> {
                  boolean retried = again && old.state() instanceof Delta.Refused r && !r.lasting();
                  Delta next = old.wanted(delta.wanted());
                  return retried ? next.with(Delta.PENDING) : next;
                }));
  }

  /** Keeps what became of one; nothing when it was forgotten meanwhile. */
  void settle(Tx tx, Pair pair, Delta.State state) {
    int changed =
        switch (state) {
          case Delta.Pending() -> tx.run("UPDATE delta SET state = 'PENDING'" + WHERE, key(pair));
          case Delta.Ready(Digest patch, long size, Duration took) ->
              tx.run(
                  "UPDATE delta SET state = 'READY', patch = ?, size = ?, millis = ?" + WHERE,
                  with(pair, patch, size, took.toMillis()));
          case Delta.Refused(boolean lasting, String reason) ->
              tx.run(
                  "UPDATE delta SET state = 'REFUSED', lasting = ?, reason = ?" + WHERE,
                  with(pair, lasting, brief(reason)));
        };
    if (changed == 0) return;
    tx.afterCommit(() -> known.computeIfPresent(pair, (_, delta) -> delta.with(state)));
  }

  /**
   * Forgets one that was last wanted before a time.
   *
   * @return how many it was
   */
  int forget(Tx tx, Pair pair, Instant before) {
    int gone = tx.run("DELETE FROM delta" + WHERE + " AND wanted_at < ?", also(pair, before));
    if (gone > 0) tx.afterCommit(() -> known.remove(pair));
    return gone;
  }

  private static Object[] key(Pair pair) {
    return new Object[] {pair.repository(), pair.target(), base(pair)};
  }

  private static Object[] with(Pair pair, Object... values) {
    Object[] all = java.util.Arrays.copyOf(values, values.length + 3);
    System.arraycopy(key(pair), 0, all, values.length, 3);
    return all;
  }

  private static Object[] also(Pair pair, Object value) {
    return new Object[] {pair.repository(), pair.target(), base(pair), value};
  }

  private static String base(Pair pair) {
    return pair.base().map(Digest::toString).orElse("");
  }

  private static String brief(String reason) {
    return reason.length() > REASON_MAX ? reason.substring(0, REASON_MAX) : reason;
  }

  private static List<Delta> all(Rows rows) {
    return rows.list("SELECT * FROM delta", DeltaStore::delta);
  }

  private static Delta delta(Row row) {
    String base = row.text("base");
    return new Delta(
        new Pair(
            new Name(row.text("repository")),
            Digest.parse(row.text("target")),
            base.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(base))),
        row.integer("target_size"),
        row.integer("wanted"),
        state(row));
  }

  private static Delta.State state(Row row) {
    return switch (row.text("state")) {
      case "PENDING" -> Delta.PENDING;
      case "READY" ->
          new Delta.Ready(
              Digest.parse(row.text("patch")),
              row.integer("size"),
              Duration.ofMillis(row.integer("millis")));
      default -> new Delta.Refused(row.integer("lasting") == 1, row.text("reason"));
    };
  }
}

package dev.hatchery.server.leases;

import dev.hatchery.server.limits.Uplink;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Who waits, by priority and then in the order in which they came. */
final class Line {
  static final int MAX = 20_000;

  private final NavigableMap<Long, Waiter> byTurn = new TreeMap<>();
  private final Map<Holder, Long> turns = new HashMap<>();
  private final Map<Uplink, NavigableMap<Long, Waiter>> byUplink = new HashMap<>();

  Optional<Waiter> find(Holder holder) {
    return Optional.ofNullable(turns.get(holder)).map(byTurn::get);
  }

  boolean full() {
    return byTurn.size() >= MAX;
  }

  /** Adds a waiter, or replaces the one in its place. */
  void put(Waiter waiter) {
    remove(waiter.ask().holder());
    byTurn.put(waiter.turn(), waiter);
    turns.put(waiter.ask().holder(), waiter.turn());
    byUplink
        .computeIfAbsent(waiter.ask().uplink(), _ -> new TreeMap<>())
        .put(waiter.turn(), waiter);
  }

  void remove(Holder holder) {
    Long turn = turns.remove(holder);
    if (turn == null) return;
    Waiter waiter = byTurn.remove(turn);
    if (waiter == null) return;
    byUplink.computeIfPresent(
        waiter.ask().uplink(),
        (_, there) -> {
          there.remove(turn);
          return there.isEmpty() ? null : there;
        });
  }

  Collection<Waiter> all() {
    return byTurn.values();
  }

  Collection<Waiter> of(Uplink uplink) {
    NavigableMap<Long, Waiter> there = byUplink.get(uplink);
    return there == null ? List.of() : there.values();
  }

  int size() {
    return byTurn.size();
  }

  void forgetLapsed(Instant now) {
    List<Waiter> seen = List.copyOf(byTurn.values());
    for (Waiter waiter : seen) {
      if (!now.isBefore(waiter.lapses())) remove(waiter.ask().holder());
      else if (waiter.asked().isAfter(now)) put(waiter.notAfter(now));
    }
  }
}

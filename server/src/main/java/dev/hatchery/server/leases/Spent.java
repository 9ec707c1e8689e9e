package dev.hatchery.server.leases;

import dev.hatchery.server.limits.Uplink;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Bytes used, by uplink and day, and which of these figures the disk does not know yet. */
final class Spent {
  private final Map<Uplink, TreeMap<LocalDate, Long>> days = new HashMap<>();
  private final Set<Day> unsaved = new LinkedHashSet<>();

  /** One figure's name. */
  record Day(Uplink uplink, LocalDate date) {}

  /** What the disk knows. */
  void load(Day day, long bytes) {
    days.computeIfAbsent(day.uplink, _ -> new TreeMap<>()).put(day.date, bytes);
  }

  /** Counts bytes; negative ones are taken back, as far as any are there. */
  void add(Day day, long bytes) {
    if (bytes == 0) return;
    long sum = Math.max(0, on(day) + bytes);
    load(day, sum);
    unsaved.add(day);
  }

  long on(Day day) {
    TreeMap<LocalDate, Long> there = days.get(day.uplink);
    return there == null ? 0 : there.getOrDefault(day.date, 0L);
  }

  /** The sum of the days from {@code first} on, before {@code end}. */
  long between(Uplink uplink, LocalDate first, LocalDate end) {
    TreeMap<LocalDate, Long> there = days.get(uplink);
    if (there == null) return 0;
    return there.subMap(first, true, end, false).values().stream().mapToLong(n -> n).sum();
  }

  boolean allSaved() {
    return unsaved.isEmpty();
  }

  /** The figures to write now, and after which the disk knows all. */
  Map<Day, Long> save() {
    Map<Day, Long> figures = new HashMap<>();
    for (Day day : unsaved) figures.put(day, on(day));
    unsaved.clear();
    return figures;
  }

  /** A write that failed is to be done again. */
  void unsave(Set<Day> again) {
    unsaved.addAll(again);
  }

  void forgetBefore(LocalDate day) {
    days.values().forEach(there -> there.headMap(day).clear());
    days.values().removeIf(TreeMap::isEmpty);
    unsaved.removeIf(figure -> figure.date.isBefore(day));
  }
}

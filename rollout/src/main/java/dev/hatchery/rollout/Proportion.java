package dev.hatchery.rollout;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Systematic sampling over kinds of devices (their strata of all dimensions together). The device
 * of rank r among the n of its kind has its turn at (r + u) / n, where u, at least 0 and below 1,
 * is the kind's own and the seed's. Of every kind, any prefix then has its share, rounded up or
 * down; u decides which. Were u the same for all kinds, the rare ones would all come late or early.
 *
 * <p>Where the worst are asked for first, kinds are told apart by that too, and the worse have the
 * smaller u: it is they that are rounded up.
 */
final class Proportion {
  private final int fleet;
  private final Strata strata;
  private final Worst worst;
  private final Seeded chance;

  /** A kind of devices. */
  private record Kind(Strata.Cell cell, int worst) {}

  /** How many devices of a kind there are, and how many have had their turn. */
  private static final class Count {
    int all;
    int taken;
    double offset;
  }

  /** A device and when its turn is. */
  private record Turn(int device, double at) {}

  Proportion(int fleet, Strata strata, Worst worst, Seeded chance) {
    this.fleet = fleet;
    this.strata = strata;
    this.worst = worst;
    this.chance = chance;
  }

  /** All but those that had their turn first, which count. */
  List<Integer> order(BitSet first) {
    Map<Kind, Count> counts = new HashMap<>();
    List<Count> of = new ArrayList<>(fleet);
    for (int device = 0; device < fleet; device++) {
      Kind kind = new Kind(strata.cell(device), worst.of(device));
      Count count = counts.computeIfAbsent(kind, this::fresh);
      count.all++;
      if (first.get(device)) count.taken++;
      of.add(count);
    }
    List<Turn> turns = new ArrayList<>();
    for (int device = 0; device < fleet; device++) {
      if (first.get(device)) continue;
      Count count = of.get(device);
      turns.add(new Turn(device, (count.taken++ + count.offset) / count.all));
    }
    turns.sort(Comparator.comparingDouble(Turn::at).thenComparingInt(Turn::device));
    return turns.stream().map(Turn::device).toList();
  }

  private Count fresh(Kind kind) {
    Count count = new Count();
    double share = chance.share(strata.name(kind.cell) + "\n" + kind.worst);
    count.offset = (kind.worst + share) / worst.ranks();
    return count;
  }
}

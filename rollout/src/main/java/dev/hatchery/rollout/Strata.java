package dev.hatchery.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fleet cut along dimensions. A stratum is a value of one dimension that holds a twentieth of the
 * fleet or more (gates reference, section 5), so a dimension has at most twenty; what is rarer is
 * one heap of its own, which nothing has to cover.
 */
final class Strata {
  /** A stratum holds one device in so many. */
  static final int ONE_IN = 20;

  private static final int RARE = -1;

  /** One value of one dimension, and how many devices have it. */
  record Stratum(Dimension dimension, String value, int devices) {}

  /**
   * The strata of one device, one for each dimension; equal for devices that nothing tells apart.
   */
  record Cell(List<Integer> strata) {
    int inCommon(Cell other) {
      int common = 0;
      for (int d = 0; d < strata.size(); d++) {
        if (strata.get(d) != RARE && strata.get(d).equals(other.strata.get(d))) common++;
      }
      return common;
    }
  }

  private final List<Stratum> all;
  private final List<Cell> cells;

  private Strata(List<Stratum> all, List<Cell> cells) {
    this.all = all;
    this.cells = cells;
  }

  static Strata of(List<Candidate> fleet, List<String> dimensions) {
    List<Stratum> all = new ArrayList<>();
    int[][] codes = new int[fleet.size()][];
    Arrays.setAll(codes, i -> new int[dimensions.size()]);
    for (int d = 0; d < dimensions.size(); d++)
      cut(fleet, new Dimension(dimensions.get(d)), d, codes, all);
    Map<Cell, Cell> known = new HashMap<>();
    List<Cell> cells = new ArrayList<>(fleet.size());
    for (int[] code : codes) {
      Cell cell = new Cell(Arrays.stream(code).boxed().toList());
      cells.add(known.computeIfAbsent(cell, c -> c));
    }
    return new Strata(List.copyOf(all), List.copyOf(cells));
  }

  private static void cut(
      List<Candidate> fleet, Dimension dimension, int d, int[][] codes, List<Stratum> all) {
    List<String> values = fleet.stream().map(dimension::of).toList();
    // Sorted, so that the strata are told in an order that people can look up.
    Map<String, Integer> counts = new TreeMap<>();
    values.forEach(value -> counts.merge(value, 1, Integer::sum));
    Map<String, Integer> codeOf = new HashMap<>();
    // A dimension that no device knows anything of cuts nothing.
    boolean blank = counts.size() == 1 && counts.containsKey(Dimension.NONE);
    counts.forEach(
        (value, devices) -> {
          if (blank || (long) devices * ONE_IN < fleet.size()) return;
          codeOf.put(value, all.size());
          all.add(new Stratum(dimension, value, devices));
        });
    for (int i = 0; i < codes.length; i++) {
      codes[i][d] = codeOf.getOrDefault(values.get(i), RARE);
    }
  }

  /** In the order of the dimensions, and then of the values. */
  List<Stratum> all() {
    return all;
  }

  Cell cell(int device) {
    return cells.get(device);
  }

  /** The strata of a device, as indexes into {@link #all}. */
  List<Integer> of(int device) {
    return cell(device).strata().stream().filter(s -> s != RARE).toList();
  }

  /** What a device's strata are called, for people. */
  List<String> names(int device) {
    return of(device).stream()
        .map(s -> all.get(s).dimension().name() + "=" + all.get(s).value())
        .toList();
  }

  /** Names a cell independently of what other strata there are. */
  String name(Cell cell) {
    List<String> parts = new ArrayList<>();
    for (int s : cell.strata())
      if (s != RARE) parts.add(all.get(s).dimension().name() + "=" + all.get(s).value());
    return "cell\n" + String.join("\n", parts);
  }
}

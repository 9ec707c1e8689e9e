package dev.hatchery.rollout;

import java.util.List;

/**
 * Which devices may stand in for one another: those of one kind, that is of one stratum in every
 * dimension, as they were when the rollout was planned. Devices trade places only with those of
 * their kind, so what is said of a place stays true.
 *
 * @param kinds what the devices of each have in common, for example {@code site=oslo, network=lte}
 * @param places for each place of the fleet's order the index of its kind; {@link #NONE} for a
 *     device that joined later
 */
public record Likeness(List<String> kinds, List<Integer> places) {
  /** Of no kind. */
  public static final int NONE = -1;

  /** Of a rollout in which nobody stands in for anybody. */
  public static final Likeness UNKNOWN = new Likeness(List.of(), List.of());

  public Likeness {
    kinds = List.copyOf(kinds);
    places = List.copyOf(places);
    for (int kind : places) {
      if (kind < NONE || kind >= kinds.size()) {
        throw new IllegalArgumentException("kind " + kind + " of " + kinds.size());
      }
    }
  }

  boolean known() {
    return !places.isEmpty();
  }

  boolean alike(int place, int other) {
    return places.get(place) != NONE && places.get(place).equals(places.get(other));
  }

  String kind(int place) {
    return kinds.get(places.get(place));
  }
}

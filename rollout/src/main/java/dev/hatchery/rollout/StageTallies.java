package dev.hatchery.rollout;

import java.util.HashMap;
import java.util.Map;

/**
 * What a device's trials have given since a stage began, by limit.
 *
 * @param stage index of the stage; whatever another one asks for begins at nothing
 */
public record StageTallies(int stage, Map<String, Tally> tallies) {
  public static final StageTallies NONE = new StageTallies(0, Map.of());

  public StageTallies {
    tallies = Map.copyOf(tallies);
  }

  /** Of this limit in this stage. */
  Tally of(int stage, String limit) {
    return stage == this.stage ? tallies.getOrDefault(limit, Tally.NONE) : Tally.NONE;
  }

  /** Trials are added to those of their own stage only. */
  StageTallies plus(int stage, Map<String, Tally> trials) {
    if (trials.isEmpty()) return this;
    Map<String, Tally> sums = stage == this.stage ? new HashMap<>(tallies) : new HashMap<>();
    trials.forEach((limit, t) -> sums.merge(limit, t, (a, b) -> a.plus(b.n(), b.k())));
    return new StageTallies(stage, sums);
  }
}

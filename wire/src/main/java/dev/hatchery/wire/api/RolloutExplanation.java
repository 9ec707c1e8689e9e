package dev.hatchery.wire.api;

import java.util.List;

/**
 * Why a rollout stands where it stands.
 *
 * @param standing where it stands, in one line
 * @param decided what was decided last, the newest first
 * @param verdicts of every gate, with since when it says so
 * @param devices what keeps those that are not in order, one line each; at most a few dozen
 * @param ways what would change it, the cheapest first, with the command where one is needed
 */
public record RolloutExplanation(
    String rollout,
    String standing,
    List<DecisionView> decided,
    List<VerdictView> verdicts,
    List<String> devices,
    List<String> ways) {
  public RolloutExplanation {
    decided = List.copyOf(decided);
    verdicts = List.copyOf(verdicts);
    devices = List.copyOf(devices);
    ways = List.copyOf(ways);
  }
}

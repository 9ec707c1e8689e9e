package dev.hatchery.wire.api;

import dev.hatchery.core.Digest;
import java.time.Instant;
import java.util.List;

/**
 * What was decided about a rollout, and from what.
 *
 * @param summary in plain words
 * @param commands how many devices were ordered
 * @param afterReport the inputs are the reports above this number
 * @param upToReport and up to this one
 * @param inputs hash over those reports, chained over all decisions of the rollout
 */
public record DecisionView(
    long seq,
    String rollout,
    Instant at,
    String summary,
    List<VerdictView> verdicts,
    long commands,
    long afterReport,
    long upToReport,
    Digest inputs) {
  public DecisionView {
    verdicts = List.copyOf(verdicts);
  }
}

package dev.hatchery.lab.gates;

import dev.hatchery.rollout.Baseline;
import java.util.Optional;

/**
 * Fixed thresholds: aborts when more than 5% of the last minute's requests failed, or when their
 * p95 is more than twice the past one, which is when more than 5% took twice their device's p95.
 */
final class Threshold implements PlainGate {
  private static final double SHARE = 0.05;

  private long requests;
  private long errors;
  private long slow;

  @Override
  public void joins(Baseline past) {}

  @Override
  public void takes(Reading reading) {
    requests += reading.requests();
    errors += reading.errors();
    slow += reading.verySlow();
  }

  @Override
  public Optional<String> looks() {
    Optional<String> why = Optional.empty();
    if (errors > SHARE * requests) why = Optional.of(errors + " of " + requests + " failed");
    else if (slow > SHARE * requests) {
      why = Optional.of(slow + " of " + requests + " took more than twice the past p95");
    }
    requests = 0;
    errors = 0;
    slow = 0;
    return why;
  }
}

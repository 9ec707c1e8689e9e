package dev.hatchery.lab.rehearsal;

import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Candidate;
import dev.hatchery.rollout.Duty;
import java.time.Instant;
import java.util.Optional;

/**
 * A device as the server has it on record.
 *
 * @param past under the release before; {@link Baseline#NONE} where there is none
 * @param duty when it is awake, for one that sleeps
 * @param heard when it was last heard of; absent for one that never was
 * @param bytes that it is expected to fetch
 */
public record RecordedDevice(
    Candidate candidate, Baseline past, Optional<Duty> duty, Optional<Instant> heard, long bytes) {
  public RecordedDevice {
    if (bytes < 0) throw new IllegalArgumentException("bytes: " + bytes);
  }

  /** Whether it was not heard of for so long that it cannot be reached, awake as it is. */
  boolean away(Recording recording) {
    if (heard.isEmpty()) return true;
    Instant since = recording.at().minus(recording.patience());
    if (!heard.get().isBefore(since)) return false;
    return duty.isEmpty() || !(duty.get().asleep(recording.at()) || duty.get().asleep(since));
  }
}

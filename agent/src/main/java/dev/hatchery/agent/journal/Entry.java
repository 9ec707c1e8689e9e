package dev.hatchery.agent.journal;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Traffic;
import java.time.Instant;
import java.util.Optional;

/**
 * One record of the journal.
 *
 * @param seq numbers the records without end
 * @param commandId the order it belongs to, or empty
 * @param traffic what the order had cost on the network until then
 */
public record Entry(
    long seq,
    Instant at,
    Name slot,
    String commandId,
    Optional<Digest> bundle,
    Traffic traffic,
    Step step) {
  private static final int MAX_DETAIL = 512;

  /** What a report tells of it. */
  public Optional<Event> event() {
    return step.told()
        .map(
            kind ->
                new Event(
                    slot, kind, at, commandId, bundle, step.why(), clip(step.words()), traffic));
  }

  private static String clip(String text) {
    return text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) : text;
  }
}

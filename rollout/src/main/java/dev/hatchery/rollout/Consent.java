package dev.hatchery.rollout;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What people have said about a rollout, as far as anything waits for it.
 *
 * @param author who started it; empty where that is not known
 * @param given for the stage that runs, the newest of each person; expired ones stay in the record
 * @param begun index of the last stage that began with enough of them; -1 before
 * @param waitingSince since when people keep the stage from being ordered; this time does not count
 *     against the stage's deadline
 */
public record Consent(String author, List<Given> given, int begun, Optional<Instant> waitingSince) {
  public static final Consent NONE = new Consent("", List.of(), -1, Optional.empty());

  /** One person's yes. */
  public record Given(String by, String comment, Instant at) {}

  public Consent {
    given = List.copyOf(given);
  }

  Consent by(String starter) {
    return new Consent(starter, given, begun, waitingSince);
  }

  /** What was given so far that has not expired. */
  List<Given> standing(Duration expires, Instant now) {
    return given.stream().filter(g -> now.isBefore(g.at.plus(expires))).toList();
  }

  Consent with(Given newest) {
    List<Given> all = new ArrayList<>(given);
    all.removeIf(g -> g.by.equals(newest.by));
    all.add(newest);
    return new Consent(author, all, begun, waitingSince);
  }

  Consent without(String person) {
    List<Given> others = given.stream().filter(g -> !g.by.equals(person)).toList();
    return new Consent(author, others, begun, waitingSince);
  }

  /** For another stage, whose approvals have yet to be given. */
  Consent afresh() {
    return new Consent(author, List.of(), begun, waitingSince);
  }

  Consent begun(int stage) {
    return new Consent(author, given, stage, waitingSince);
  }

  Consent waiting(Optional<Instant> since) {
    return new Consent(author, given, begun, since);
  }
}

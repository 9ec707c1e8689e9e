package dev.hatchery.rollout;

import dev.hatchery.core.Gate;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The gates on numbers that other systems know. Nothing statistical is promised of them: a value is
 * good or bad, and one that stays bad for as long as the gate says aborts. What is missing, late or
 * no number is NO_DATA; it never passes, and it never aborts either.
 *
 * <p>Before the first device is told to switch, a bad value says nothing about the release. It
 * holds the first stage, as a missing one does, so that the value of before is known.
 */
final class Inquiries {
  static final String GATE = "queries";

  private final Rollout rollout;
  private final Map<String, QueryAnswer> answers;
  private final Instant now;

  Inquiries(Rollout rollout, Map<String, QueryAnswer> answers, Instant now) {
    this.rollout = rollout;
    this.answers = answers;
    this.now = now;
  }

  /** What is kept of them after these answers. */
  Map<String, Inquiry> next() {
    Map<String, Inquiry> next = new HashMap<>();
    for (Gate.Query gate : all()) next.put(gate.metric(), next(gate));
    return next;
  }

  private Inquiry next(Gate.Query gate) {
    Inquiry known = known(gate);
    Optional<QueryAnswer.Value> value = value(gate);
    if (value.isEmpty()) {
      // A gap does not end a bad stretch, unless it is so long that nothing is known of it.
      Optional<Inquiry.Bad> bad = known.bad().filter(b -> !older(b.last(), gate.maxAge()));
      return new Inquiry(known.before(), bad);
    }
    Optional<QueryAnswer.Value> before = rollout.members().isEmpty() ? value : known.before();
    boolean bad = beyond(gate, before, value.get().value());
    Instant since = known.bad().map(Inquiry.Bad::since).orElse(now);
    return new Inquiry(before, bad ? Optional.of(new Inquiry.Bad(since, now)) : Optional.empty());
  }

  /** Of the gates that act. */
  List<Verdict> verdicts() {
    return acting().stream().map(this::verdict).toList();
  }

  /** Of those in dry run. */
  List<Verdict> dryRuns() {
    return dry().stream().map(gate -> verdict(gate).inDryRun()).toList();
  }

  /** The hold that keeps the first stage from being ordered; empty when it may be. */
  Optional<Verdict> hold() {
    if (!rollout.members().isEmpty()) return Optional.empty();
    List<String> open =
        verdicts().stream().filter(v -> v.kind() != Kind.PASS).map(Verdict::gate).toList();
    if (open.isEmpty()) return Optional.empty();
    String reason = "the first stage waits until these pass: " + Words.list(open);
    return Optional.of(Judge.verdict(GATE, Kind.HOLD, reason));
  }

  private Verdict verdict(Gate.Query gate) {
    Optional<QueryAnswer.Value> value = value(gate);
    if (value.isEmpty()) return Judge.verdict(gate.metric(), Kind.NO_DATA, missing(gate));
    Inquiry known = known(gate);
    if (gate.ratio().isPresent() && !comparable(known.before())) {
      String was = known.before().map(v -> "the value before was " + v.value()).orElse("none");
      String reason = "no value above 0 from before the rollout to compare with: " + was;
      return Judge.verdict(gate.metric(), Kind.NO_DATA, reason);
    }
    String reason = said(value.get()) + "; " + words(gate, known);
    if (known.bad().isEmpty()) return Judge.verdict(gate.metric(), Kind.PASS, reason);
    if (rollout.members().isEmpty()) {
      return Judge.verdict(gate.metric(), Kind.HOLD, reason + "; so it was before the rollout");
    }
    Duration lasted = Duration.between(known.bad().get().since(), now);
    Duration left = gate.lasting().minus(lasted);
    String how = reason + "; beyond it for " + Words.time(lasted);
    return left.isPositive()
        ? Judge.verdict(gate.metric(), Kind.HOLD, how + ", aborts in " + Words.time(left))
        : Judge.verdict(gate.metric(), Kind.FAIL, how);
  }

  // Exact, since this is how the decision's record tells what it stands on.
  private static String said(QueryAnswer.Value value) {
    return value.value() + " at " + value.at();
  }

  private static String words(Gate.Query gate, Inquiry known) {
    StringBuilder words = new StringBuilder("allowed are");
    gate.above().ifPresent(b -> words.append(" at most ").append(b));
    gate.below().ifPresent(b -> words.append(" at least ").append(b));
    gate.ratio()
        .ifPresent(
            r ->
                words
                    .append(r > 1 ? " at most " : " at least ")
                    .append(r)
                    .append(" times what was before: ")
                    .append(known.before().map(Inquiries::said).orElse("nothing")));
    return words.toString();
  }

  private String missing(Gate.Query gate) {
    return switch (answers.getOrDefault(gate.metric(), QueryAnswer.NOT_ASKED)) {
      case QueryAnswer.Nothing nothing -> nothing.why();
      case QueryAnswer.Value late ->
          said(late)
              + " is no answer for now, which is "
              + now
              + ": at most "
              + Words.time(gate.maxAge())
              + " apart";
    };
  }

  private Optional<QueryAnswer.Value> value(Gate.Query gate) {
    return switch (answers.getOrDefault(gate.metric(), QueryAnswer.NOT_ASKED)) {
      case QueryAnswer.Nothing _ -> Optional.empty();
      case QueryAnswer.Value v -> older(v.at(), gate.maxAge()) ? Optional.empty() : Optional.of(v);
    };
  }

  // Either way: an endpoint whose clock is ahead tells no better what is now.
  private boolean older(Instant at, Duration most) {
    return Duration.between(at, now).abs().compareTo(most) > 0;
  }

  private static boolean comparable(Optional<QueryAnswer.Value> before) {
    return before.isPresent() && before.get().value() > 0;
  }

  private static boolean beyond(Gate.Query gate, Optional<QueryAnswer.Value> before, double value) {
    boolean beyond =
        gate.above().filter(b -> value > b).isPresent()
            || gate.below().filter(b -> value < b).isPresent();
    OptionalDouble was =
        comparable(before) ? OptionalDouble.of(before.get().value()) : OptionalDouble.empty();
    if (gate.ratio().isEmpty() || was.isEmpty()) return beyond;
    double ratio = gate.ratio().get();
    double bound = ratio * was.getAsDouble();
    return beyond || (ratio > 1 ? value > bound : value < bound);
  }

  private Inquiry known(Gate.Query gate) {
    return rollout.inquiries().getOrDefault(gate.metric(), Inquiry.NEW);
  }

  private List<Gate.Query> all() {
    return Gate.queries(rollout.spec().gates());
  }

  private List<Gate.Query> acting() {
    return rollout.spec().gates().stream()
        .filter(Gate.Query.class::isInstance)
        .map(Gate.Query.class::cast)
        .toList();
  }

  private List<Gate.Query> dry() {
    List<Gate.Query> acting = acting();
    return all().stream().filter(q -> !acting.contains(q)).toList();
  }
}

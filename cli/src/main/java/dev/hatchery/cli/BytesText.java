package dev.hatchery.cli;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.api.ExpectedBytes;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a rollout has cost and will cost, as people read it. */
final class BytesText {
  private BytesText() {}

  static List<String> lines(RolloutView rollout) {
    List<String> lines = new ArrayList<>();
    if (!rollout.phase().over()) lines.addAll(expected(rollout.expectedBytes()));
    lines.add(
        "downloaded %s, for the rollback %s"
            .formatted(bySource(rollout), human(rollout.bytesForRollback())));
    if (rollout.fullCost() > 0 && !rollout.members().isEmpty()) lines.add(against(rollout));
    return lines;
  }

  private static List<String> expected(ExpectedBytes expected) {
    if (expected.devices() == 0) return List.of();
    return List.of(
        "expected over the uplink %s instead of %s, for %s, %d of them with a delta%s"
            .formatted(
                human(expected.planned()),
                human(expected.full()),
                devices(expected.devices()) + " to come",
                expected.withDelta(),
                expected.detail().isEmpty() ? "" : "; " + expected.detail()));
  }

  private static String bySource(RolloutView rollout) {
    Traffic t = rollout.traffic();
    if (t.equals(Traffic.NONE)) return human(0);
    return "%s: %s whole, %s as deltas, %s from peers (and %s resumed)"
        .formatted(
            human(t.total()),
            human(t.full()),
            human(t.delta()),
            human(t.peer()),
            human(t.resumed()));
  }

  // Only of those that are done: what is under way would count on one side alone.
  private static String against(RolloutView rollout) {
    List<Member> done =
        rollout.members().stream().filter(m -> m.state() == Member.State.CONFIRMED).toList();
    long uplink = done.stream().mapToLong(m -> m.traffic().uplink()).sum();
    double saved = 100.0 * (rollout.fullCost() - uplink) / rollout.fullCost();
    return "%s done with %s over the uplink; whole downloads would have cost %s, so %s"
        .formatted(
            devices(done.size()),
            human(uplink),
            human(rollout.fullCost()),
            saved >= 0
                ? String.format(Locale.ROOT, "%.1f%% was saved", saved)
                : String.format(Locale.ROOT, "%.1f%% more was spent", -saved));
  }

  private static String devices(int n) {
    return n == 1 ? "1 device" : n + " devices";
  }

  private static String human(long bytes) {
    return new DataSize(bytes).human();
  }
}

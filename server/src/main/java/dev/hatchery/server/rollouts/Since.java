package dev.hatchery.server.rollouts;

import dev.hatchery.rollout.Decision;
import dev.hatchery.wire.api.VerdictView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Since when each gate says what it says: figures may change, its kind must not. */
final class Since {
  private Since() {}

  static List<VerdictView> of(List<VerdictView> before, Decision decision, Instant now) {
    return decision.verdicts().stream()
        .map(RolloutViews::verdict)
        .map(verdict -> verdict.since(kept(before, verdict).orElse(now)))
        .toList();
  }

  private static Optional<Instant> kept(List<VerdictView> before, VerdictView verdict) {
    return before.stream()
        .filter(b -> b.gate().equals(verdict.gate()) && b.kind() == verdict.kind())
        .findFirst()
        .flatMap(VerdictView::since);
  }
}

package dev.hatchery.rollout;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Gate;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Window;
import dev.hatchery.rollout.Verdict.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Drift against the devices' own past (gates reference, section 8): an alert, never a reason to
 * abort. Answers hang together in time, so one window proves nothing; {@link #IN_A_ROW} in a row
 * do.
 */
final class DriftVerdicts {
  static final int IN_A_ROW = 3;
  private static final int MANY = 2;
  private static final double SHARE = 0.2;

  private DriftVerdicts() {}

  static List<Gate.Drift> gates(RolloutSpec spec) {
    return spec.gates().stream()
        .map(gate -> gate instanceof Gate.DryRun dry ? dry.gate() : gate)
        .filter(Gate.Drift.class::isInstance)
        .map(Gate.Drift.class::cast)
        .toList();
  }

  static String key(Gate.Drift gate) {
    return gate.metric() + ":" + gate.measure().name().toLowerCase(Locale.ROOT);
  }

  /** The runs after one more warm window on the target. */
  static Map<String, DriftRun> after(
      Map<String, DriftRun> runs, List<Gate.Drift> gates, Baseline past, Window window) {
    Map<String, DriftRun> next = new HashMap<>(runs);
    for (Gate.Drift gate : gates) {
      Bins now = window.readings().bins().get(gate.of());
      Bins before = past.bins().get(gate.of());
      compare(gate, now, before)
          .ifPresent(
              found ->
                  next.merge(
                      key(gate),
                      DriftRun.NONE.plus(found.measure, found.drifts),
                      (known, _) -> known.plus(found.measure, found.drifts)));
    }
    return next;
  }

  private record Found(double measure, boolean drifts) {}

  private static Optional<Found> compare(
      Gate.Drift gate, @Nullable Bins now, @Nullable Bins before) {
    if (now == null || before == null) return Optional.empty();
    if (now.total() < Drift.LEAST || before.total() < Drift.LEAST) return Optional.empty();
    Drift drift = Drift.of(now, before);
    if (gate.measure() == Gate.Drift.Measure.KS && !drift.ordered()) return Optional.empty();
    double measure = drift.measure(gate.measure());
    double bound = Math.max(gate.above(), drift.floor(gate.measure()));
    return Optional.of(new Found(measure, measure >= bound));
  }

  static Verdict of(Gate.Drift gate, List<Member> members, Quorum quorum) {
    String key = key(gate);
    List<Member> compared = members.stream().filter(m -> m.drifts().containsKey(key)).toList();
    List<Member> drifting =
        compared.stream().filter(m -> run(m, key).inARow() >= IN_A_ROW).toList();
    int need = quorum.need(m -> m.drifts().containsKey(key));
    int n = compared.size();
    boolean many = drifting.size() >= MANY && drifting.size() >= SHARE * n - 1e-9;
    Kind kind =
        n > 0 && (drifting.size() == n || many)
            ? Kind.FAIL
            : !drifting.isEmpty() ? Kind.HOLD : n < need ? Kind.NO_DATA : Kind.PASS;
    return Judge.verdict(key, kind, reason(gate, drifting, compared, need, quorum.all()));
  }

  private static String reason(
      Gate.Drift gate, List<Member> drifting, List<Member> compared, int need, int all) {
    String key = key(gate);
    double most = compared.stream().mapToDouble(m -> run(m, key).last()).max().orElse(0);
    int n = compared.size();
    String who =
        drifting.isEmpty()
            ? ""
            : ": " + Words.names(drifting.stream().map(Member::device).toList());
    return drifting.size()
        + " of "
        + Words.devices(n)
        + " drift from their own past"
        + who
        + (n < need
            ? "; "
                + Words.needed(n, need, "with a past and a window of " + Drift.LEAST + " answers")
                + " of "
                + all
            : "")
        + "; "
        + gate.measure()
        + " of "
        + Words.figure(gate.above())
        + " in "
        + IN_A_ROW
        + " windows running counts, the newest are at most "
        + Words.figure(most)
        + "; where devices on the release before drift as well, it is not the release";
  }

  private static DriftRun run(Member member, String key) {
    return member.drifts().getOrDefault(key, DriftRun.NONE);
  }
}

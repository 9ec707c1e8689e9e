package dev.hatchery.rollout;

import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * The verdicts of the e-processes (gates reference, sections 3 and 4, L2): every member's E, merged
 * by their mean, against the limit's threshold. A member that has said nothing stays in the mean
 * with what it had, at first 1. Of many members the worst few are left out, as many as may be
 * broken whatever the release: in a fleet of a thousand, one device's trouble is not the release's.
 */
final class LimitVerdicts {
  /** From here a limit that is not broken holds the stage (gates reference, "Alpha budget"). */
  static final double HOLD_FROM = 20;

  /**
   * From here more speaks against the release than for it: it passes no stage before more is seen.
   * A hold would be too loud, since every e-process comes here now and then.
   */
  private static final double DOUBT_FROM = 2;

  /** E may overflow; as a figure, this says enough and is a number in JSON. */
  private static final double LOG_E_SHOWN = Math.log(1e99);

  private final Rollout rollout;
  private final List<Member> members;
  private final Quorum quorum;

  LimitVerdicts(Rollout rollout, List<Member> members, Quorum quorum) {
    this.rollout = rollout;
    this.members = members;
    this.quorum = quorum;
  }

  Verdict of(Limit limit) {
    if (limit instanceof Limit.Relative && rollout.previous().isEmpty()) return noPast(limit);
    if (members.isEmpty()) {
      return Judge.verdict(limit.key(), Kind.NO_DATA, "no device has been told to switch yet");
    }
    int stage = rollout.stage();
    Mixture mixture = new Mixture(stage, rollout.spec().stages().size());
    double[] logs = new double[members.size()];
    Arrays.fill(logs, mixture.logE(0, 0));
    List<Power.Trials> trials = new ArrayList<>();
    Duration watched = Duration.ZERO;
    String key = limit.key();
    Processes processes = new Processes();
    for (int i = 0; i < logs.length; i++) {
      Member member = members.get(i);
      Tally tally = member.tallies().getOrDefault(key, Tally.NONE);
      Optional<Yardstick> yardstick = tally.n() == 0 ? Optional.empty() : limit.on(member);
      if (yardstick.isEmpty()) continue;
      double p0 = yardstick.get().p0();
      Tally inStage = member.stageTallies().of(stage, key);
      logs[i] = mixture.logE(processes.logE(p0, tally), processes.logE(p0, inStage));
      trials.add(new Power.Trials(p0, tally, inStage));
      watched = watched.plus(member.observed());
    }
    int odd = FleetRules.allowed(logs.length);
    Power power = new Power(processes, mixture, limit.threshold(), odd);
    Shown shown = new Shown(power, trials, members.size(), watched);
    return verdict(limit, EProcess.logMean(logs, odd), shown, odd);
  }

  private Verdict verdict(Limit limit, double logE, Shown shown, int odd) {
    double e = Math.exp(Math.min(logE, LOG_E_SHOWN));
    int all = quorum.all();
    Predicate<Member> tried = m -> m.tallies().containsKey(limit.key());
    int need = limit instanceof Limit.Relative ? quorum.needCompared(tried) : quorum.need(tried);
    int judged = shown.judged();
    Kind kind =
        logE >= Math.log(limit.threshold())
            ? Kind.FAIL
            : e >= HOLD_FROM
                ? Kind.HOLD
                : judged < need || e >= DOUBT_FROM ? Kind.NO_DATA : Kind.PASS;
    String reason =
        seen(limit, shown, all)
            + wanting(kind, shown, need)
            + uncompared(limit)
            + "; "
            + limit.words()
            + "; e-value "
            + Words.figure(e)
            + (odd == 0 ? "" : " without the " + Words.devices(odd) + " that are worst")
            + ", the limit is "
            + Words.figure(limit.threshold())
            + (kind == Kind.FAIL ? "" : shown.telling());
    return new Verdict(limit.key(), kind, reason, OptionalDouble.of(e));
  }

  private String uncompared(Limit limit) {
    if (!(limit instanceof Limit.Relative)) return "";
    var lost =
        members.stream().filter(m -> m.disturbance().isPresent()).map(Member::device).toList();
    return lost.isEmpty() ? "" : "; not compared, on another stack: " + Words.names(lost);
  }

  private static String seen(Limit limit, Shown shown, int all) {
    if (shown.judged() == 0 && limit instanceof ReadingLimit reading) {
      return "none of " + Words.devices(all) + " has read " + reading.what() + " on the target";
    }
    Tally sum = shown.sum();
    return sum.k()
        + " of "
        + sum.n()
        + " trials bad on "
        + shown.judged()
        + " of "
        + Words.devices(all);
  }

  private static String wanting(Kind kind, Shown shown, int need) {
    return switch (kind) {
      case NO_DATA ->
          shown.judged() < need
              ? ", " + Words.needed(shown.judged(), need, "")
              : ", more trials needed to tell" + shown.until(DOUBT_FROM);
      case HOLD -> ", passes with more good trials" + shown.until(DOUBT_FROM);
      case PASS, FAIL, NOT_APPLICABLE -> "";
    };
  }

  // The slot's first release: nothing to compare with, and nobody would ever pass. That is right
  // only where an absolute limit watches the same metric.
  private Verdict noPast(Limit limit) {
    boolean watched =
        Limit.of(rollout.spec()).stream()
            .anyMatch(l -> !(l instanceof Limit.Relative) && l.metric().equals(limit.metric()));
    return watched
        ? Judge.verdict(
            limit.key(),
            Kind.NOT_APPLICABLE,
            "first release of this channel: no past to compare with; the limit on "
                + limit.metric()
                + " stands alone")
        : Judge.verdict(
            limit.key(),
            Kind.NO_DATA,
            "first release of this channel: no past to compare with, and no limit on "
                + limit.metric()
                + " in its place");
  }
}

package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Rollout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Carries a plan out many times, under each hypothesis about its release. The runs are spread over
 * the common pool's threads; each depends on the recording, the seed and its number alone.
 */
public final class Rehearsal {
  /** Runs of one hypothesis. */
  public static final int MAX_RUNS = 10_000;

  public static final int RUNS = 20;

  /** What a device fetches in a second where no limit says less. */
  public static final DataSize RATE = Assumed.RATE;

  /** Of one hypothesis, in device-steps; so many take about ten seconds of one core. */
  private static final long BUDGET = 4_000_000;

  private static final int LEAST_RUNS = 3;
  private static final DataSize MAX_RATE = DataSize.mib(1 << 20);

  private final Cast cast;
  private final Rollout plan;
  private final int runs;
  private final long seed;
  private final DataSize rate;
  private final long budget;

  /**
   * Refuses what planning would refuse.
   *
   * @param runs of each hypothesis; fewer, but three at least, where a run costs much
   * @param rate what a device fetches in a second where no limit says less
   */
  public Rehearsal(Recording recording, int runs, long seed, DataSize rate) {
    this(recording, runs, seed, rate, BUDGET);
  }

  Rehearsal(Recording recording, int runs, long seed, DataSize rate, long budget) {
    if (runs < 1 || runs > MAX_RUNS) {
      throw Refusal.of(Code.BAD_INPUT, "this is no number of runs")
          .expected("1 to " + MAX_RUNS)
          .got(runs);
    }
    if (rate.bytes() < 1 || rate.compareTo(MAX_RATE) > 0) {
      throw Refusal.of(Code.BAD_INPUT, "this is no rate")
          .expected("1 to " + MAX_RATE.human() + " a second")
          .got(rate);
    }
    this.plan = recording.plan();
    this.cast = new Cast(recording);
    this.runs = runs;
    this.seed = seed;
    this.rate = rate;
    this.budget = budget;
  }

  /** Rehearses. */
  public Outlook outlook() {
    Map<Hypothesis, List<Ending>> endings = new EnumMap<>(Hypothesis.class);
    for (Hypothesis hypothesis : Hypothesis.values()) {
      endings.put(hypothesis, endings(hypothesis));
    }
    return new Summary(cast, plan, endings).outlook();
  }

  // How many runs there are must not depend on how fast this machine is: the first one tells.
  private List<Ending> endings(Hypothesis hypothesis) {
    Ending first = run(hypothesis, 0);
    long affordable = Math.max(LEAST_RUNS, budget / first.cost());
    List<Ending> all = new ArrayList<>();
    all.add(first);
    LongStream.range(1, Math.min(runs, affordable))
        .parallel()
        .mapToObj(run -> run(hypothesis, run))
        .toList()
        .forEach(all::add);
    return all;
  }

  private Ending run(Hypothesis hypothesis, long run) {
    return new Performance(cast, plan, hypothesis, run, seed, rate).untilItEnds();
  }
}

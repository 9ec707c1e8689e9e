package dev.hatchery.lab.gates;

import dev.hatchery.lab.gates.Outcome.End;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Runs scenarios many times under each gate. A run depends on seed, scenario and its number alone.
 */
public final class GateLab {
  /** So many wrong rollouts of a scenario are told of. */
  private static final int TOLD = 5;

  private final long seed;
  private final Consumer<String> log;

  /**
   * @param log takes, for each rollout that ended as it should not have, what happened and the
   *     command that replays it
   */
  public GateLab(long seed, Consumer<String> log) {
    this.seed = seed;
    this.log = log;
  }

  /** One scenario under one gate; the runs are spread over the common pool's threads. */
  public Row measure(Scenario scenario, Kind gate, int runs) {
    List<Outcome> outcomes =
        IntStream.range(0, runs)
            .parallel()
            .mapToObj(run -> gate.run(Fleet.of(scenario, seed, run), said -> {}))
            .toList();
    if (gate == Kind.HATCHERY) {
      IntStream.range(0, runs)
          .filter(run -> wrong(scenario, outcomes.get(run)))
          .limit(TOLD)
          .forEach(run -> log.accept(line(scenario, run, outcomes.get(run))));
    }
    return Row.of(scenario, gate, outcomes);
  }

  /** One run again, with all that was decided told. */
  public void replay(Scenario scenario, Kind gate, long run) {
    Outcome outcome = gate.run(Fleet.of(scenario, seed, run), log);
    log.accept(line(scenario, run, outcome));
  }

  private static boolean wrong(Scenario scenario, Outcome outcome) {
    return scenario.bad() ? outcome.end() != End.ABORTED : outcome.end() != End.COMPLETED;
  }

  private String line(Scenario scenario, long run, Outcome outcome) {
    return "%s, run %d: %s in stage %s after %d minutes on %d devices: %s; again: hatchery lab gates --scenario %s --seed %d --replay %d"
        .formatted(
            scenario.label(),
            run,
            outcome.end(),
            Setting.percent(outcome.stage()) + "%",
            outcome.minutes(),
            outcome.devices(),
            outcome.why(),
            scenario.label(),
            seed,
            run);
  }
}

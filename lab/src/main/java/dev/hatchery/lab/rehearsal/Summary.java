package dev.hatchery.lab.rehearsal;

import dev.hatchery.lab.rehearsal.Ending.How;
import dev.hatchery.lab.rehearsal.Ending.Left;
import dev.hatchery.rollout.Rollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Makes an outlook of how all runs have ended. */
final class Summary {
  private static final double MEDIAN = 0.5;
  private static final double SLOW = 0.9;

  private final Cast cast;
  private final Rollout plan;
  private final Map<Hypothesis, List<Ending>> endings;

  Summary(Cast cast, Rollout plan, Map<Hypothesis, List<Ending>> endings) {
    this.cast = cast;
    this.plan = plan;
    this.endings = endings;
  }

  Outlook outlook() {
    List<Ending> good = endings.getOrDefault(Hypothesis.AS_GOOD, List.of());
    List<Outlook.Stage> stages = new ArrayList<>();
    for (int i = 0; i < plan.spec().stages().size(); i++) stages.add(stage(i, good));
    List<Outlook.Fault> faults =
        endings.entrySet().stream()
            .filter(e -> e.getKey().bad())
            .map(e -> fault(e.getKey(), e.getValue()))
            .toList();
    var bare = new Outlook(plan.fleet().size(), good(good), stages, faults, List.of());
    List<String> advice = new Advice(cast, plan, bare, good).lines();
    return new Outlook(bare.devices(), bare.good(), stages, faults, advice);
  }

  private Outlook.Good good(List<Ending> good) {
    List<Ending> done = of(good, How.COMPLETED);
    return new Outlook.Good(
        good.size(),
        done.size(),
        of(good, How.ABORTED).size(),
        of(good, How.HELD).size(),
        quantile(done, MEDIAN, Ending::minutes),
        quantile(done, SLOW, Ending::minutes),
        (long) quantile(good, MEDIAN, Ending::bytes),
        (long) quantile(good, MEDIAN, Ending::metered),
        left(good, Left::all) + later(good),
        left(good, Left::away),
        left(good, Left::asleep),
        left(good, Left::barred),
        left(good, Left::waiting) + later(good),
        left(good, Left::failed));
  }

  private static int left(List<Ending> endings, ToIntFunction<Left> which) {
    return (int) quantile(endings, MEDIAN, e -> which.applyAsInt(e.left()));
  }

  // Those of the stages that never came.
  private int later(List<Ending> good) {
    List<Integer> sizes = plan.cohorts().sizes();
    return (int) quantile(good, MEDIAN, e -> sizes.getLast() - sizes.get(e.stage()));
  }

  private Outlook.Stage stage(int stage, List<Ending> good) {
    List<Ending> passed = good.stream().filter(e -> e.passed().size() > stage).toList();
    List<Ending> missed = of(good, How.HELD).stream().filter(e -> e.stage() == stage).toList();
    ToDoubleFunction<Ending> took =
        e -> e.passed().get(stage) - (stage == 0 ? 0 : e.passed().get(stage - 1));
    Optional<Ending> why = usual(missed);
    return new Outlook.Stage(
        plan.spec().stages().get(stage).name(),
        plan.cohorts().sizes().get(stage),
        passed.size(),
        quantile(passed, MEDIAN, took),
        quantile(passed, SLOW, took),
        missed.size(),
        why.map(Ending::gate).orElse(""),
        why.map(Ending::why).orElse(""));
  }

  private Outlook.Fault fault(Hypothesis hypothesis, List<Ending> all) {
    List<Ending> aborted = of(all, How.ABORTED);
    List<Integer> stopped = new ArrayList<>();
    for (int i = 0; i < plan.spec().stages().size(); i++) {
      int stage = i;
      stopped.add((int) aborted.stream().filter(e -> e.stage() <= stage).count());
    }
    return new Outlook.Fault(
        hypothesis,
        all.size(),
        stopped,
        of(all, How.HELD).size(),
        of(all, How.COMPLETED).size(),
        quantile(aborted, MEDIAN, Ending::minutes),
        (int) quantile(aborted, MEDIAN, Ending::devices),
        all.stream().mapToInt(Ending::devices).max().orElse(0),
        usual(aborted).map(Ending::gate).orElse(""));
  }

  static List<Ending> of(List<Ending> endings, How how) {
    return endings.stream().filter(e -> e.how() == how).toList();
  }

  /** The first of those that ended by the gate by which most of them did. */
  static Optional<Ending> usual(List<Ending> endings) {
    Map<String, Long> byGate =
        endings.stream()
            .map(Ending::gate)
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    Optional<String> most =
        byGate.entrySet().stream()
            .max(Map.Entry.comparingByValue(Comparator.naturalOrder()))
            .map(Map.Entry::getKey);
    return most.flatMap(gate -> endings.stream().filter(e -> e.gate().equals(gate)).findFirst());
  }

  private static double quantile(List<Ending> endings, double q, ToDoubleFunction<Ending> figure) {
    double[] sorted = endings.stream().mapToDouble(figure).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0
        ? 0
        : sorted[Math.max(0, (int) Math.ceil(q * sorted.length - 1e-9) - 1)];
  }
}

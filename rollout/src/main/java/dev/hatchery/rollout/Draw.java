package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Size;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.Sleeping;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Draws a rollout's cohorts: one order of the fleet, of which every stage is a prefix.
 *
 * <p>A stage by selector takes what it selects. The first stage that chance decides begins with a
 * cover, one device of every stratum; after it come the others in {@link Proportion}, so that every
 * longer prefix has of each kind of device its share, one more or less. The whole order follows
 * from the seed and the fleet, not from how large the stages are; only where the worst are asked
 * for first, the rest of the canaries are the worst there are.
 *
 * <p>A control is held back from all stages but the last: devices as like those of the first stage
 * as there are, so that what befalls the ones befalls the others.
 *
 * <p>Devices are numbers here, in the order of their HMACs, so "the first" always means the one
 * that the seed prefers. The cost is that of sorting, and of the cover.
 */
final class Draw {
  private final RolloutSpec spec;
  private final long seed;
  private final Seeded chance;
  private final List<Candidate> fleet;
  private final Strata strata;
  private final Worst worst;
  private final BitSet placed = new BitSet();
  private final List<Integer> order = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();
  private List<Integer> turns = List.of();
  private final BitSet held = new BitSet();
  private final int wanted;
  private int sampledStage = -1;
  private int chosen;

  private Draw(RolloutSpec spec, Collection<Candidate> devices, long seed, int wanted) {
    this.spec = spec;
    this.wanted = wanted;
    this.seed = seed;
    this.chance = new Seeded(seed);
    this.fleet = chance.sorted(devices);
    this.strata = Strata.of(fleet, spec.sampling().dimensions());
    this.worst = new Worst(spec.sampling(), fleet);
  }

  /**
   * Refuses a stage that is too small for the strata that the spec names, and a control that the
   * stages leave too few devices for.
   *
   * @param control how many devices to hold back until the last stage
   */
  static Cohorts of(RolloutSpec spec, Collection<Candidate> devices, long seed, int control) {
    return new Draw(spec, devices, seed, control).cohorts();
  }

  private Cohorts cohorts() {
    for (Stage stage : spec.stages()) {
      boolean last = sizes.size() == spec.stages().size() - 1;
      if (last || sampledStage >= 0) holdBack();
      if (last) placed.andNot(held);
      switch (stage.extent()) {
        case Taken taken -> choose(taken);
        case Size size -> fill(stage, size.of(fleet.size()));
      }
      if (stage.shadow()) requireShadows(stage);
      sizes.add(order.size());
    }
    List<DeviceId> ids = order.stream().map(i -> fleet.get(i).id()).toList();
    List<DeviceId> control = held.stream().mapToObj(i -> fleet.get(i).id()).toList();
    Optional<Coverage> coverage = Optional.of(coverage());
    return new Cohorts(OptionalLong.of(seed), ids, sizes, coverage, control, likeness(), List.of());
  }

  // As long as the fleet, so only where somebody asks for it.
  private Likeness likeness() {
    if (spec.sleeping() != Sleeping.REPLACE) return Likeness.UNKNOWN;
    Map<List<Object>, Integer> kinds = new HashMap<>();
    List<String> names = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int device : order) {
      int d = device;
      // The worst are asked for by what may be no dimension, and one in its place is to be as bad.
      // Nor may one that cannot shadow stand in for one that has to.
      boolean shadows = spec.shadowStages() > 0 && fleet.get(d).shadows(spec.slot());
      List<Object> kind = List.of(strata.cell(d), worst.of(d), shadows);
      places.add(
          kinds.computeIfAbsent(
              kind,
              _ -> {
                names.add(String.join(", ", strata.names(d)));
                return names.size() - 1;
              }));
    }
    return new Likeness(names, places);
  }

  // Once the canaries are known, devices like them are kept from every stage but the last. What
  // stands in for a device that is not to be placed is that it is placed already.
  private void holdBack() {
    if (wanted == 0 || !held.isEmpty()) return;
    int canaries = sizes.isEmpty() ? 0 : sizes.get(Math.max(0, sampledStage));
    List<Integer> free =
        IntStream.range(0, fleet.size())
            .filter(i -> !placed.get(i) && !chosenLater(i))
            .boxed()
            .toList();
    List<Integer> like = order.subList(0, canaries);
    new Counterparts(strata, free).of(like, wanted).forEach(held::set);
    if (held.cardinality() < wanted) throw tooFewLeft(held.cardinality());
    placed.or(held);
  }

  private boolean chosenLater(int device) {
    return spec.stages().subList(0, spec.stages().size() - 1).stream()
        .map(Stage::extent)
        .anyMatch(e -> e instanceof Taken t && t.selector().matches(fleet.get(device).labels()));
  }

  private Refusal tooFewLeft(int left) {
    return Refusal.of(
            Code.BAD_SPEC, "the stages before the last leave too few devices for the control")
        .at(spec.name() + ", control")
        .expected(wanted + " devices")
        .got(left)
        .fix("ask for a smaller control, or smaller first stages");
  }

  private void choose(Taken taken) {
    for (int i = 0; i < fleet.size(); i++) {
      if (taken.selector().matches(fleet.get(i).labels())) place(i);
    }
  }

  private void fill(Stage stage, int size) {
    if (sampledStage < 0) {
      sampledStage = sizes.size();
      chosen = order.size();
      turns = turns(stage, size);
    }
    for (int device : turns) {
      if (order.size() >= size) break;
      if (mayTake(stage, device)) place(device);
    }
    if (!stage.shadow()) return;
    if (order.size() < size) throw tooFewShadow(stage, size + " devices");
    if (spec.sampling().strata().isPresent()) requireCovered(stage);
  }

  // Named strata are a promise, which devices that cannot shadow may leave nobody to keep.
  private void requireCovered(Stage stage) {
    BitSet covered = new BitSet();
    order.forEach(device -> strata.of(device).forEach(covered::set));
    int missing = covered.nextClearBit(0);
    if (missing >= strata.all().size()) return;
    Strata.Stratum one = strata.all().get(missing);
    throw tooFewShadow(stage, "a device with " + one.dimension().name() + "=" + one.value());
  }

  // A shadow stage is filled with those that can; the others' turn comes with a stage that
  // switches.
  private boolean mayTake(Stage stage, int device) {
    return !stage.shadow() || fleet.get(device).shadows(spec.slot());
  }

  // A selector takes whom it takes.
  private void requireShadows(Stage stage) {
    boolean all = order.stream().allMatch(i -> fleet.get(i).shadows(spec.slot()));
    if (!all) throw tooFewShadow(stage, "only devices that can");
  }

  private Refusal tooFewShadow(Stage stage, String expected) {
    List<String> unable =
        fleet.stream()
            .filter(d -> !d.shadows(spec.slot()))
            .map(d -> d.id().value())
            .sorted()
            .toList();
    return Refusal.of(
            Code.INCOMPATIBLE,
            unable.size()
                + " of "
                + fleet.size()
                + " have a service that cannot shadow: "
                + Words.list(unable))
        .at(spec.name() + ", stage " + stage.name())
        .expected(expected + " whose agent.yaml says shadow: true under service: of " + spec.slot())
        .got(fleet.size() - unable.size() + " devices that can")
        .fix(
            "make the stage smaller, give it a selector that takes those, or leave shadow: true"
                + " out");
  }

  private void place(int device) {
    if (placed.get(device)) return;
    placed.set(device);
    order.add(device);
  }

  private List<Integer> turns(Stage stage, int size) {
    List<Integer> cover = cover(stage);
    if (spec.sampling().strata().isPresent() && order.size() + cover.size() > size) {
      throw tooSmall(stage, size, order.size() + cover.size());
    }
    BitSet first = (BitSet) placed.clone();
    cover.forEach(first::set);
    List<Integer> others = new Proportion(fleet.size(), strata, worst, chance).order(first);
    if (worst.asked()) others = worstFirst(others, size - order.size() - cover.size());
    List<Integer> turns = new ArrayList<>(cover);
    turns.addAll(others);
    return turns;
  }

  private List<Integer> cover(Stage stage) {
    BitSet already = new BitSet();
    order.forEach(device -> strata.of(device).forEach(already::set));
    List<Integer> free =
        IntStream.range(0, fleet.size())
            .filter(i -> !placed.get(i) && mayTake(stage, i))
            .boxed()
            .toList();
    return new Cover(strata, free, worst::of, already).find();
  }

  // The sort is stable: among the equally bad, those come first whose turn it is.
  private List<Integer> worstFirst(List<Integer> turns, int canaries) {
    List<Integer> worstOnes =
        turns.stream()
            .sorted(Comparator.comparingInt(worst::of))
            .limit(Math.max(0, canaries))
            .toList();
    BitSet moved = new BitSet();
    worstOnes.forEach(moved::set);
    List<Integer> all = new ArrayList<>(worstOnes);
    turns.stream().filter(i -> !moved.get(i)).forEach(all::add);
    return all;
  }

  private Refusal tooSmall(Stage stage, int size, int needed) {
    return Refusal.of(Code.BAD_SPEC, "a stage is too small for one device of each stratum")
        .at(spec.name() + ", stage " + stage.name())
        .expected(needed + " devices or more: " + wanting())
        .got(size)
        .fix("say count: " + needed + ", or name fewer dimensions under sampling.strata");
  }

  // The dimension with the most strata first: it is the one to leave out.
  private String wanting() {
    var perDimension =
        strata.all().stream()
            .collect(Collectors.groupingBy(s -> s.dimension().name(), Collectors.counting()));
    return perDimension.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Collections.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .map(
            e ->
                e.getKey() + " has " + (e.getValue() == 1 ? "1 stratum" : e.getValue() + " strata"))
        .collect(Collectors.joining(", "));
  }

  private Coverage coverage() {
    int stage = Math.max(0, sampledStage);
    int size = sizes.get(stage);
    int[] sampled = new int[strata.all().size()];
    for (int device : order.subList(0, size)) for (int s : strata.of(device)) sampled[s]++;
    List<Coverage.Stratum> told = new ArrayList<>();
    for (int s = 0; s < sampled.length; s++) {
      Strata.Stratum one = strata.all().get(s);
      told.add(
          new Coverage.Stratum(one.dimension().name(), one.value(), one.devices(), sampled[s]));
    }
    int drawn = sampledStage < 0 ? 0 : size - chosen;
    return new Coverage(spec.stages().get(stage).name(), size, drawn, fleet.size() - chosen, told);
  }
}

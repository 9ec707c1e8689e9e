package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.Control;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Nearest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.Sampling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What has to be right about a rollout before it may begin. */
final class Plan {
  /** The whole state is one value that is stored with every decision. */
  private static final int MAX_FLEET = 100_000;

  private Plan() {}

  /** The cohorts, or the refusal that says why there can be none. */
  static Cohorts cohorts(
      String id, RolloutSpec spec, Collection<Candidate> fleet, long seed, boolean firstRelease) {
    if (id.isEmpty() || id.length() > Orders.MAX_ROLLOUT_ID) {
      throw Refusal.of(Code.BAD_INPUT, "a rollout's id has a wrong length")
          .expected("1 to " + Orders.MAX_ROLLOUT_ID + " characters")
          .got(id.length());
    }
    if (fleet.isEmpty()) {
      throw Refusal.of(Code.BAD_SPEC, "this rollout is for no device")
          .at(spec.name().value())
          .expected("a device on channel " + spec.channel() + " that the selector takes")
          .got("selector \"" + spec.selector() + "\"")
          .fix("see `hatchery devices` for the labels there are");
    }
    if (fleet.size() > MAX_FLEET) {
      throw Refusal.of(Code.TOO_LARGE, "this rollout is for too many devices")
          .at(spec.name().value())
          .expected("at most " + MAX_FLEET)
          .got(fleet.size())
          .fix("split it by a selector");
    }
    sayOnce(spec);
    knowsDimensions(spec, fleet);
    takesSome(spec, fleet);
    if (firstRelease && spec.experiment().isPresent()) {
      throw Refusal.of(Code.BAD_SPEC, "an experiment needs a release to compare with")
          .at(spec.name() + ", experiment")
          .expected("a channel that has a head")
          .got("its first release")
          .fix("roll it out without the experiment first");
    }
    if (firstRelease && spec.shadowStages() > 0) {
      throw Refusal.of(Code.BAD_SPEC, "a shadow needs a release that is served")
          .at(spec.name() + ", stage " + spec.stages().getFirst().name())
          .expected("a channel that has a head")
          .got("its first release")
          .fix("leave shadow: true out");
    }
    // A first release has nothing to hold devices back on.
    int control = firstRelease ? 0 : control(spec, fleet.size());
    Cohorts cohorts = Draw.of(spec, fleet, spec.sampling().seed().orElse(seed), control);
    if (control > 0) canBeCompared(spec, cohorts);
    if (control > 0) canBeKept(spec, cohorts);
    takesAll(spec, fleet.size(), cohorts.sizes().getLast());
    return cohorts;
  }

  /** How many devices may still join. */
  static int room(Rollout rollout) {
    return Math.max(0, MAX_FLEET - rollout.fleet().size());
  }

  private static int control(RolloutSpec spec, int fleet) {
    if (spec.control().isEmpty()) return 0;
    int devices = spec.control().get().of(fleet);
    if (devices >= Control.MIN_DEVICES) return devices;
    throw Refusal.of(Code.BAD_SPEC, "a control of so few devices shows nothing")
        .at(spec.name() + ", control")
        .expected(Control.MIN_DEVICES + " devices or more of " + fleet)
        .got(devices)
        .fix("ask for more, or leave the control out");
  }

  private static void canBeCompared(RolloutSpec spec, Cohorts cohorts) {
    Control control = spec.control().orElseThrow();
    int large = 0;
    for (int i = 0; i < spec.stages().size() - 1; i++) {
      if (cohorts.sizes().get(i) >= Control.MIN_DEVICES) large++;
      else if (control.stages().contains(spec.stages().get(i).name())) {
        throw tooSmall(
            spec.name() + ", stage " + spec.stages().get(i).name(), cohorts.sizes().get(i));
      }
    }
    boolean compared =
        control.stages().isEmpty() || control.stages().contains(spec.stages().getFirst().name());
    int first = compared ? cohorts.sizes().getFirst() : 0;
    if (spec.experiment().isPresent() && first < Control.MIN_DEVICES) {
      throw tooSmall(spec.name() + ", experiment, the first stage", first);
    }
    if (large == 0)
      throw tooSmall(spec.name().value(), cohorts.sizes().get(spec.stages().size() - 2));
  }

  // Else others would be held back with it, whom nobody asked to be.
  private static void canBeKept(RolloutSpec spec, Cohorts cohorts) {
    if (spec.control().flatMap(Control::keep).isEmpty()) return;
    int before = cohorts.sizes().get(spec.stages().size() - 2);
    int others = cohorts.fleet().size() - cohorts.control().size();
    if (before == others) return;
    throw Refusal.of(Code.BAD_SPEC, "only the control can be kept")
        .at(spec.name() + ", control, keep")
        .expected("a stage before the last of all " + Words.devices(others) + " but the control")
        .got(before)
        .fix("end with two stages of percent: 100; the first of them takes all but the control");
  }

  private static Refusal tooSmall(String where, int devices) {
    return Refusal.of(Code.BAD_SPEC, "a stage is too small to be compared with a control")
        .at(where)
        .expected(Control.MIN_DEVICES + " devices or more")
        .got(devices)
        .fix("make it larger, or name others under control: stages:");
  }

  // When the last stage has passed, the channel's head moves and all the others follow it
  // unwatched.
  private static void takesAll(RolloutSpec spec, int fleet, int taken) {
    if (taken < fleet) {
      throw Refusal.of(Code.BAD_SPEC, "the last stage leaves devices out")
          .at(spec.name() + ", stage " + spec.stages().getLast().name())
          .expected("all " + Words.devices(fleet))
          .got(taken)
          .fix("end with a stage of percent: 100");
    }
  }

  // A stage that waits for nobody would never pass, or pass unseen.
  private static void takesSome(RolloutSpec spec, Collection<Candidate> fleet) {
    for (Stage stage : spec.stages()) {
      if (!(stage.extent() instanceof Taken taken)) continue;
      if (fleet.stream().anyMatch(d -> taken.selector().matches(d.labels()))) continue;
      throw Refusal.of(Code.BAD_SPEC, "a stage's selector takes no device")
          .at(spec.name() + ", stage " + stage.name())
          .expected("one that takes some of the rollout's " + Words.devices(fleet.size()))
          .got("selector \"" + taken.selector() + "\"")
          .fix("see `hatchery devices` for the labels there are");
    }
  }

  // A misspelt dimension would cut nothing, and its strata would go uncovered unseen. The usual
  // ones may be named for a fleet that does not have them.
  private static void knowsDimensions(RolloutSpec spec, Collection<Candidate> fleet) {
    Sampling sampling = spec.sampling();
    List<String> named = new ArrayList<>(sampling.strata().orElse(List.of()));
    sampling.worstFirst().map(Sampling.WorstFirst::label).ifPresent(named::add);
    Set<String> known = new TreeSet<>(Sampling.DEFAULT_STRATA);
    known.addAll(Sampling.FACTS);
    if (known.containsAll(named)) return;
    fleet.stream()
        .map(Candidate::labels)
        .map(Labels::values)
        .forEach(l -> known.addAll(l.keySet()));
    for (String name : named) {
      if (known.contains(name)) continue;
      throw Refusal.of(Code.BAD_SPEC, "no device has this label")
          .at(spec.name() + ", sampling")
          .expected("one of " + String.join(", ", known))
          .got(name)
          .fix(Nearest.to(name, known).map(near -> "did you mean " + near + "?").orElse(""));
    }
  }

  private static void sayOnce(RolloutSpec spec) {
    List<String> keys = new ArrayList<>(Limit.all(spec).stream().map(Limit::key).toList());
    Gate.queries(spec.gates()).forEach(query -> keys.add(query.metric()));
    DriftVerdicts.gates(spec).forEach(drift -> keys.add(DriftVerdicts.key(drift)));
    Set<String> seen = new HashSet<>();
    for (String key : keys) {
      if (!seen.add(key)) {
        throw Refusal.of(Code.BAD_SPEC, "two gates set the same limit")
            .at(spec.name().value())
            .expected("each limit of a metric once")
            .got(key);
      }
    }
  }
}

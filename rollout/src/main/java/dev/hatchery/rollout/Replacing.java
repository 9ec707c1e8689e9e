package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.Sleeping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Who stands in for a device that sleeps when its stage is to be ordered. A small stage waits for
 * each of its devices, so one that is dark until the morning would keep it until then; where the
 * plan says so, the next device of its kind that is awake takes its place, and it comes in the
 * later stage of that one. Cohorts stay prefixes of one order, of the same sizes and the same
 * kinds.
 *
 * <p>Whoever was ordered stays where it is. Nobody is taken from the control, and nobody comes into
 * or out of a stage that a selector chose: it says who is in it. Where nobody of its kind is awake
 * and free, the stage waits as ever.
 */
final class Replacing {
  /** So many of its kind are looked at for each that may sleep. */
  static final int LOOKED_AT = 50;

  private final Rollout rollout;
  private final int stage;
  private final Cohorts cohorts;
  private final Set<DeviceId> control;

  private Replacing(Rollout rollout, int stage) {
    this.rollout = rollout;
    this.stage = stage;
    cohorts = rollout.cohorts();
    control = new HashSet<>(cohorts.control());
  }

  /** Devices that may have to stand in, by what is known before anybody's duty is. */
  static List<DeviceId> candidates(Rollout rollout) {
    // The stage may pass with the next look, which then orders the one after it.
    for (int stage = rollout.stage(); stage < rollout.spec().stages().size(); stage++) {
      Replacing replacing = new Replacing(rollout, stage);
      if (replacing.waiting().findAny().isEmpty()) continue;
      return possible(rollout, stage) ? replacing.standIns() : List.of();
    }
    return List.of();
  }

  /** Lets others stand in for those that sleep; whether anybody does. */
  static boolean step(Transition t, Evidence evidence) {
    boolean any = false;
    if (!possible(t.rollout(), t.stage)) return false;
    for (int place : new Replacing(t.rollout(), t.stage).waiting().toArray()) {
      // Anew each time: who has just come in is free no more.
      any |= new Replacing(t.rollout(), t.stage).replace(t, place, evidence);
    }
    return any;
  }

  /** Who sleeps of those that are to be ordered, and has nobody to stand in for it. */
  static List<String> waitedFor(Transition t, List<DeviceId> ordered, Evidence evidence) {
    if (!possible(t.rollout(), t.stage)) return List.of();
    List<String> sleepers = new ArrayList<>();
    for (DeviceId device : ordered) {
      Duty duty = evidence.duties().get(device);
      if (duty != null && duty.asleep(t.now)) {
        sleepers.add(device + " sleeps until " + duty.wakes(t.now));
      }
    }
    return sleepers;
  }

  private static boolean possible(Rollout rollout, int stage) {
    return rollout.spec().sleeping() == Sleeping.REPLACE
        && rollout.cohorts().likeness().known()
        && Quorum.all(rollout, stage) < Quorum.LARGE;
  }

  private List<DeviceId> standIns() {
    return waiting()
        .boxed()
        .flatMap(place -> alike(place).boxed())
        .distinct()
        .map(cohorts.fleet()::get)
        .toList();
  }

  // Places of the stage whose devices were not ordered.
  private IntStream waiting() {
    return IntStream.range(0, cohorts.sizes().get(stage))
        .filter(place -> !rollout.members().containsKey(cohorts.fleet().get(place)));
  }

  // Places after the stage, in the seed's order, whose devices may come in that one's place.
  private IntStream alike(int place) {
    return IntStream.range(cohorts.sizes().get(stage), end())
        .filter(other -> cohorts.likeness().alike(place, other))
        .filter(other -> !control.contains(cohorts.fleet().get(other)))
        .filter(other -> !rollout.members().containsKey(cohorts.fleet().get(other)))
        .limit(LOOKED_AT);
  }

  // A stage by selector has what it takes: nobody comes out of it, nor into one before it from
  // behind it.
  private int end() {
    for (int s = stage; s < rollout.spec().stages().size(); s++) {
      if (rollout.spec().stages().get(s).extent() instanceof Taken) {
        return s == stage ? 0 : cohorts.sizes().get(s);
      }
    }
    return cohorts.fleet().size();
  }

  private boolean replace(Transition t, int place, Evidence evidence) {
    DeviceId sleeper = cohorts.fleet().get(place);
    Duty duty = evidence.duties().get(sleeper);
    if (duty == null || !duty.asleep(t.now) || !evidence.restraints().free(sleeper)) return false;
    OptionalInt other =
        alike(place).filter(p -> standsIn(cohorts.fleet().get(p), t, evidence)).findFirst();
    if (other.isEmpty()) return false;
    Name name = rollout.spec().stages().get(stage).name();
    DeviceId instead = cohorts.fleet().get(other.getAsInt());
    String like = cohorts.likeness().kind(place);
    var why = new Replacement(name, sleeper, duty.wakes(t.now), instead, like);
    t.cohorts = cohorts.swapped(place, other.getAsInt(), why);
    t.say(why.toString());
    return true;
  }

  private static boolean standsIn(DeviceId device, Transition t, Evidence evidence) {
    Duty duty = evidence.duties().get(device);
    boolean awake = duty == null || !duty.asleep(t.now);
    return awake && evidence.restraints().free(device);
  }
}

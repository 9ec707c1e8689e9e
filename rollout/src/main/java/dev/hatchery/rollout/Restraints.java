package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Verdict.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What operators have put in the way of new orders. A stage waits for a device that is held, as it
 * would for one that is away: passing without it would promise more than was seen. Nothing of this
 * keeps a gate from aborting or a device from going back, and the time it takes does not count
 * against the deadline.
 *
 * @param freeze why nobody is ordered anything; empty when there is no freeze
 * @param held devices that are not to be ordered anything, with why
 * @param interlock what the other pipeline has done, or is doing, to its devices
 */
public record Restraints(Optional<String> freeze, Map<DeviceId, String> held, Interlock interlock) {
  public static final Restraints NONE = new Restraints(Optional.empty(), Map.of());

  static final String FREEZE = "freeze";
  static final String HELD = "held";

  public Restraints {
    held = Map.copyOf(held);
  }

  /** Where the other pipeline has touched nothing. */
  public Restraints(Optional<String> freeze, Map<DeviceId, String> held) {
    this(freeze, held, Interlock.NONE);
  }

  boolean free(DeviceId device) {
    return freeze.isEmpty() && !held.containsKey(device) && !interlock.barred().containsKey(device);
  }

  Optional<Verdict> freeze(List<DeviceId> waiting) {
    return waiting.isEmpty()
        ? Optional.empty()
        : freeze.map(why -> Judge.verdict(FREEZE, Kind.HOLD, why));
  }

  Optional<Verdict> held(List<DeviceId> waiting) {
    List<String> who =
        waiting.stream().filter(held::containsKey).map(d -> d + " " + held.get(d)).toList();
    return who.isEmpty()
        ? Optional.empty()
        : Optional.of(Judge.verdict(HELD, Kind.HOLD, Words.list(who)));
  }
}

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
 * <p>A pinned device is none of the stage: it stays on what it has, and nobody waits for it.
 *
 * @param freeze why nobody is ordered anything; empty when there is no freeze
 * @param held devices that are not to be ordered anything, with why
 * @param pinned devices that stay on what they have, with why
 * @param interlock what the other pipeline has done, or is doing, to its devices
 */
public record Restraints(
    Optional<String> freeze,
    Map<DeviceId, String> held,
    Map<DeviceId, String> pinned,
    Interlock interlock) {
  public static final Restraints NONE =
      new Restraints(Optional.empty(), Map.of(), Map.of(), Interlock.NONE);

  static final String FREEZE = "freeze";
  static final String HELD = "held";

  static final String PINNED = "pinned";

  public Restraints {
    held = Map.copyOf(held);
    pinned = Map.copyOf(pinned);
  }

  /** Where nobody is pinned, and the other pipeline has touched nothing. */
  public Restraints(Optional<String> freeze, Map<DeviceId, String> held) {
    this(freeze, held, Map.of(), Interlock.NONE);
  }

  boolean pins(DeviceId device) {
    return pinned.containsKey(device);
  }

  boolean free(DeviceId device) {
    return why(device).isEmpty();
  }

  /** Why a device is not to be ordered anything; empty when it may be. */
  Optional<String> why(DeviceId device) {
    return freeze
        .or(() -> Optional.ofNullable(held.get(device)).map(w -> device + " " + w))
        .or(() -> Optional.ofNullable(pinned.get(device)).map(w -> device + " " + w))
        .or(() -> Optional.ofNullable(interlock.barred().get(device)).map(w -> device + " " + w));
  }

  /** Those that the stages go on without; for people. */
  Optional<Verdict> pinned(Rollout rollout) {
    List<String> who =
        rollout.members().values().stream()
            .filter(m -> m.state() == Member.State.PINNED)
            .map(m -> m.device() + " " + pinned.getOrDefault(m.device(), "is pinned"))
            .toList();
    return who.isEmpty()
        ? Optional.empty()
        : Optional.of(Judge.verdict(PINNED, Kind.NOT_APPLICABLE, Words.list(who)));
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

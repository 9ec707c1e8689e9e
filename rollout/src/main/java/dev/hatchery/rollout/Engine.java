package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.RolloutSpec;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** The one function that holds all transitions of a rollout. */
@SuppressWarnings("DoNotCallSuggester") // the shapes stand before the engine does
public final class Engine {
  private Engine() {}

  /**
   * Plans a rollout: fixes the fleet and its order. Nothing is commanded yet.
   *
   * @param seed the same seed and fleet give the same cohorts
   * @param fleet the devices that the channel, slot and selector take
   */
  public static Rollout plan(
      String id,
      RolloutSpec spec,
      Digest target,
      Optional<Rollout.Previous> previous,
      Set<DeviceId> fleet,
      long seed,
      long evidenceUpTo,
      Instant now) {
    throw new AssertionError("being built");
  }

  /** What follows from new evidence and the passing of time. */
  public static Decision decide(Rollout rollout, Evidence evidence, Instant now) {
    throw new AssertionError("being built");
  }

  /** What follows from an operator's action; an action that cannot be done now is refused. */
  public static Decision act(Rollout rollout, Action action, Instant now) {
    throw new AssertionError("being built");
  }
}

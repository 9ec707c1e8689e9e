package dev.hatchery.core;

/**
 * What a rollout does about devices that cannot run its release, and about those that have not said
 * whether they can.
 */
public record FitRule(Incompatible incompatible, UnknownFacts unknownFacts) {
  public static final FitRule DEFAULT = new FitRule(Incompatible.REFUSE, UnknownFacts.HOLD);

  /** About devices that cannot. */
  public enum Incompatible {
    /** There is no rollout. */
    REFUSE,
    /** They stay on what they have. */
    SKIP
  }

  /** About devices that have not said. */
  public enum UnknownFacts {
    /** They stay on what they have until they say it. */
    HOLD,
    /** They get it, and show in their trial whether they can. */
    WARN
  }
}

package dev.hatchery.core;

import java.util.List;

/** Whether a device can run a bundle, by what it says of itself. */
public sealed interface Fit {
  /** It can. */
  record Fits() implements Fit {}

  /** It cannot, whatever else it may say yet. */
  record Unfit(List<Misfit> reasons) implements Fit {
    public Unfit {
      reasons = List.copyOf(reasons);
    }
  }

  /** Nothing speaks against it, but it has not said all that is asked. */
  record Unknown(List<Misfit> facts) implements Fit {
    public Unknown {
      facts = List.copyOf(facts);
    }
  }

  /** Whether the bundle may come: what is not known holds, unless somebody said that it may not. */
  default boolean passes(FitRule.UnknownFacts rule) {
    return switch (this) {
      case Fits() -> true;
      case Unfit _ -> false;
      case Unknown _ -> rule == FitRule.UnknownFacts.WARN;
    };
  }

  /** Everything that is not as it is asked; empty where it fits. */
  default List<Misfit> misfits() {
    return switch (this) {
      case Fits() -> List.of();
      case Unfit(List<Misfit> reasons) -> reasons;
      case Unknown(List<Misfit> facts) -> facts;
    };
  }
}

package dev.hatchery.rollout;

import dev.hatchery.core.Control;
import dev.hatchery.core.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * The devices that are compared with each other: those that say enough.
 *
 * @param lacking why they are too few
 */
record Sides(List<Pair> changed, List<Pair> control, Optional<String> lacking) {
  /** A device's own past, and what it does now. */
  record Pair(DeviceId device, Baseline past, Concurrent now) {
    boolean says(long requests) {
      return now.requests() >= requests && past.requests() > 0;
    }
  }

  /**
   * Of each side those that say enough.
   *
   * @param stage how many devices the stage has, and {@code changedNeeded} how many of them are to
   *     say enough; {@code held} and {@code controlNeeded} likewise
   */
  static Sides of(
      List<Pair> changed,
      int stage,
      int changedNeeded,
      List<Pair> control,
      int held,
      int controlNeeded,
      long requests) {
    List<Pair> some = changed.stream().filter(p -> p.says(requests)).toList();
    List<Pair> others = control.stream().filter(p -> p.says(requests)).toList();
    Optional<String> lacking =
        lack(some.size(), stage, changedNeeded, "of the stage", requests)
            .or(() -> lack(others.size(), held, controlNeeded, "held back as control", requests));
    return new Sides(some, others, lacking);
  }

  private static Optional<String> lack(int have, int of, int needed, String which, long requests) {
    int need = Math.max(Control.MIN_DEVICES, needed);
    if (have >= need) return Optional.empty();
    return Optional.of(
        have
            + " of "
            + Words.devices(of)
            + " "
            + which
            + " have answered "
            + requests
            + " requests since the comparison began, "
            + need
            + " needed");
  }
}

package dev.hatchery.rollout;

import dev.hatchery.core.Priority;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Which of two rollouts has the devices that both want, where only one may. The older one has; but
 * one that is planned later with a higher {@link Priority} takes its turn before those that have
 * not told any device to switch. Whoever has begun is never overtaken.
 *
 * <p>A turn is given once and is a moment, so all rollouts stand in one order at any time, and no
 * two ever wait for each other.
 */
public final class Precedence {
  /** Whose turn comes first. */
  public static final Comparator<Rollout> ORDER =
      Comparator.comparing(Rollout::turn)
          .thenComparing(Rollout::createdAt)
          .thenComparing(Rollout::id);

  private Precedence() {}

  /**
   * A rollout that was just planned, in its turn.
   *
   * @param others that are not over and may want the same devices
   */
  public static Rollout placed(Rollout planned, Collection<Rollout> others) {
    List<Rollout> order = others.stream().sorted(ORDER).toList();
    int first = order.size();
    while (first > 0 && overtakes(planned, order.get(first - 1))) first--;
    if (first == order.size()) return planned;
    // Moments are stored to the nanosecond, and rollouts are planned to the millisecond.
    Rollout placed = planned.inTurn(order.get(first).turn().minusNanos(1));
    // Of those planned in one moment some may have begun.
    boolean between = first == 0 || ORDER.compare(order.get(first - 1), placed) < 0;
    return between ? placed : planned;
  }

  private static boolean overtakes(Rollout planned, Rollout other) {
    return planned.spec().priority().compareTo(other.spec().priority()) > 0
        && other.touched().isEmpty();
  }
}

package dev.hatchery.rollout;

import dev.hatchery.core.Sampling;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How early a device is wanted as a canary: the place of its value in the operator's order. */
final class Worst {
  private final Optional<Sampling.WorstFirst> order;
  private final int[] places;

  /** For this fleet, whose devices are asked for by their numbers. */
  Worst(Sampling sampling, List<Candidate> fleet) {
    this.order = sampling.worstFirst();
    this.places = new int[fleet.size()];
    order.ifPresent(o -> Arrays.setAll(places, i -> place(o, fleet.get(i))));
  }

  boolean asked() {
    return order.isPresent();
  }

  /** From 0, the worst, to {@link #ranks} less one, which is whatever the order does not name. */
  int of(int device) {
    return places[device];
  }

  int ranks() {
    return order.map(o -> o.order().size() + 1).orElse(1);
  }

  private static int place(Sampling.WorstFirst asked, Candidate device) {
    List<String> order = asked.order();
    int place = order.indexOf(new Dimension(asked.label()).of(device));
    return place < 0 ? order.size() : place;
  }
}

package dev.hatchery.rollout;

import java.util.HashMap;
import java.util.Map;

/**
 * E-processes of one look, each worked out once: in a fleet, many devices are held to the same
 * share and have the same tally.
 */
final class Processes {
  private final Map<Double, OfShare> byShare = new HashMap<>();

  private static final class OfShare {
    private final EProcess process;
    private final Map<Tally, Double> known = new HashMap<>();

    OfShare(double p0) {
      process = new EProcess(p0);
    }
  }

  double logE(double p0, Tally tally) {
    OfShare of = byShare.computeIfAbsent(p0, OfShare::new);
    return of.known.computeIfAbsent(tally, of.process::logE);
  }
}

package dev.hatchery.lab.gates;

import dev.hatchery.rollout.Baseline;
import java.util.Optional;

/** A gate as others have it: all devices' windows in one pot, looked at every minute. */
interface PlainGate {
  /** A device joins, with its past. */
  void joins(Baseline past);

  void takes(Reading reading);

  /** Looks once, after all windows of a minute; why it aborts, if it does. */
  Optional<String> looks();
}

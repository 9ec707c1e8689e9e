package dev.hatchery.server.rollouts;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.Name;
import dev.hatchery.server.bytes.ExpectedCost;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.releases.Release;
import java.util.List;

/** By the patches that are made already; whole files where there are none. */
public final class Foreseen implements ExpectedCost {
  private final FullCost full;
  private final Deltas deltas;

  public Foreseen(FullCost full, Deltas deltas) {
    this.full = full;
    this.deltas = deltas;
  }

  @Override
  public long of(Device device, Release release, Name slot, Delivery delivery) {
    long planned = deltas.expected(release, slot, List.of(device.id()), delivery).planned();
    // A device that has said nothing yet is expected to need all of it.
    return Math.min(full.of(device, release), planned);
  }
}

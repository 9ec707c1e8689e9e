package dev.hatchery.server.explain;

import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.server.devices.Device;
import java.util.List;
import java.util.Optional;

/** What another room has to say about how a device gets its bytes: its limits, for example. */
@FunctionalInterface
public interface Remarks {
  /**
   * Lines in plain words; none when there is nothing to say.
   *
   * @param order empty where the slot is ordered nothing
   */
  List<String> about(Device device, Name slot, Optional<Order> order);
}

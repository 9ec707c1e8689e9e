package dev.hatchery.server.explain;

import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.server.devices.Device;
import java.util.List;

/** What another room has to say about how a device gets its bytes: its limits, for example. */
@FunctionalInterface
public interface Remarks {
  /** Lines in plain words; none when there is nothing to say. */
  List<String> about(Device device, Name slot, Order order);
}

package dev.hatchery.server.orders;

import dev.hatchery.core.Name;
import dev.hatchery.core.Order;

/** Hears what devices are ordered, once it is on disk; it must be short. */
@FunctionalInterface
public interface Ordered {
  void ordered(Name slot, Order order);
}

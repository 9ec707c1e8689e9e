package dev.hatchery.server.devices;

import dev.hatchery.server.db.Tx;

/** What has to follow when a device joins. */
@FunctionalInterface
public interface Newcomers {
  /** Gives it its first orders, in this transaction. */
  void joined(Tx tx, Device device);
}

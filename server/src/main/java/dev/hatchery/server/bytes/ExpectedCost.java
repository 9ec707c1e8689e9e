package dev.hatchery.server.bytes;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.Name;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.releases.Release;

/** What it will cost on the uplink to bring a release to a device, before anybody has fetched. */
@FunctionalInterface
public interface ExpectedCost {
  /** Bytes: by the cheapest way that the server knows, peers not counted on. */
  long of(Device device, Release release, Name slot, Delivery delivery);
}

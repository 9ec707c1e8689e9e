package dev.hatchery.server.leases;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;

/** Who may hold one lease: a slot of a device, which fetches one file at a time. */
record Holder(DeviceId device, Name slot) {}

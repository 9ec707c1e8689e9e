package dev.hatchery.agent.api;

import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.DeviceId;

/** Who the device is: its name, and the key that it made itself and that never leaves it. */
public record Identity(DeviceId device, SigningKey key) {}

package dev.hatchery.wire;

import dev.hatchery.core.DeviceId;
import java.time.Instant;

/** The fleet knows the device now; asking again with the same key answers the same. */
public record EnrolAnswer(DeviceId device, Instant now) {}

package dev.hatchery.server.changes;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Stack;
import java.time.Instant;

/**
 * Something that is not what it was on a device.
 *
 * @param pipeline whose it is
 * @param at when the server learnt of it, by its own clock
 */
public record Change(DeviceId device, Pipeline pipeline, Stack.Change what, Instant at) {}

/**
 * What the device itself is like while its service works: processor, memory, heat, power,
 * accelerator.
 *
 * <p>{@link dev.hatchery.agent.host.Host} reads it from files below a root folder, which is {@code
 * /} on a device and a tree of fixtures in tests; {@link dev.hatchery.agent.host.HostWatch} turns
 * several looks into what one window read. What cannot be read is absent, never 0: there are boards
 * without a sensor, kernels without a counter and containers without {@code /sys}.
 */
@NullMarked
package dev.hatchery.agent.host;

import org.jspecify.annotations.NullMarked;

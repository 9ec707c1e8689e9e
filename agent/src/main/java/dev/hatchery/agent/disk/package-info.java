/**
 * The device's storage as a handful of effects, each of which can be the last before the power
 * fails.
 *
 * <p>{@link dev.hatchery.agent.disk.Disk} is all that the agent may do to its folder; {@link
 * dev.hatchery.agent.disk.RealDisk} does it, a test's disk cuts it short. {@link
 * dev.hatchery.agent.disk.Durable} holds the two patterns that survive a power cut (durability
 * reference, sections 2 and 7: write, fsync the file, rename, fsync the folder), and {@link
 * dev.hatchery.agent.disk.StateFile} a small document kept that way.
 */
@NullMarked
package dev.hatchery.agent.disk;

import org.jspecify.annotations.NullMarked;

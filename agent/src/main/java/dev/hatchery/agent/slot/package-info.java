/**
 * One slot from order to proof.
 *
 * <p>{@link dev.hatchery.agent.slot.SlotMachine} is the install protocol (durability reference,
 * section 2) as a state machine: {@code step()} does one short piece of work and says when to be
 * called again, so threads, a test or a simulator can drive it. {@link
 * dev.hatchery.agent.slot.Trial} says whether a bundle has proved itself; {@link
 * dev.hatchery.agent.slot.Watcher} sees the service and measures it; {@link
 * dev.hatchery.agent.slot.Recovery} says, from what is on disk alone, how to go on after a crash.
 */
@NullMarked
package dev.hatchery.agent.slot;

import org.jspecify.annotations.NullMarked;

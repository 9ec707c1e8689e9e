/**
 * The device's agent: Hatchery's process on a device.
 *
 * <p>{@link dev.hatchery.agent.Main} runs it. {@link dev.hatchery.agent.Agent} is the hall where
 * the rooms meet: a loop that polls for the desired state, one per slot that carries it out, one
 * that reports. Each loop calls a {@code step()} that does a short piece of work and says when it
 * wants to be called again, so that another driver, for example a simulator, could call them just
 * as well. The loops share no more than the journal, the accepted desired state and a few volatile
 * values; they can be ended at any instruction, because whatever matters was durable before it had
 * consequences.
 */
@NullMarked
package dev.hatchery.agent;

import org.jspecify.annotations.NullMarked;

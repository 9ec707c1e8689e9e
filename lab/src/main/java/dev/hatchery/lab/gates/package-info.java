/**
 * How good the gates are: thousands of whole rollouts over a simulated fleet, under virtual time,
 * decided by the real {@link dev.hatchery.rollout.Engine}, next to a naive z-test and fixed
 * thresholds on the same devices.
 *
 * <p>The door is {@link dev.hatchery.lab.gates.GateLab}; it gives a {@link
 * dev.hatchery.lab.gates.Row} for each {@link dev.hatchery.lab.gates.Scenario} and gate. A run is a
 * function of seed, scenario and its number, so runs may be spread over threads and one of them
 * replayed. Behind the door, {@code Device} is what a device would do and measure, {@code
 * EngineRun} leads the engine through it, {@code PlainRun} the gates that others use; {@code
 * Traits} and {@code Fleet} hold every assumption about the world.
 */
@NullMarked
package dev.hatchery.lab.gates;

import org.jspecify.annotations.NullMarked;

/**
 * Whole rollouts on a whole fleet, out of one seed: the real server, the real agents, and a world
 * between and around them that fails in every way it can.
 *
 * <p>The door is {@link dev.hatchery.lab.fleet.FleetLab}. {@code Simulation} puts a fleet together
 * and lets it run on a {@code Timeline}; {@code Servers} and {@code AgentRun} hold the real parts,
 * which meet over {@code Line} as bytes. {@code Faults} and {@code Weather} decide what goes wrong,
 * {@code MemoryDisk} what a power cut leaves. {@code Observer} judges, by what the database itself
 * saw committed ({@code CommitLog}) and by what devices' disks and services show; {@code Rest} says
 * whether all has come to a good end. {@code Tampering} is how tests show that they would notice.
 */
@NullMarked
package dev.hatchery.lab.fleet;

import org.jspecify.annotations.NullMarked;

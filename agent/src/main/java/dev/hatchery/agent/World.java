package dev.hatchery.agent;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.slot.Clocks;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * Everything outside of the agent but the network.
 *
 * @param random for waiting times and nonces; must be unpredictable on a device
 * @param root {@code /} on a device
 * @param cpuArch as the Java runtime names it
 * @param version the agent's own
 */
record World(
    Disk disk,
    Clocks clocks,
    RandomGenerator random,
    EventLog log,
    Path root,
    String cpuArch,
    String version) {}

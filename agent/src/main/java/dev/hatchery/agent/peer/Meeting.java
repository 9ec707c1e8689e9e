package dev.hatchery.agent.peer;

import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What everybody who deals with neighbours needs. */
record Meeting(
    Neighbours neighbours,
    Limits limits,
    Counts counts,
    LongSupplier nanos,
    RandomGenerator random,
    Sleeper sleeper,
    PeerLog log) {}

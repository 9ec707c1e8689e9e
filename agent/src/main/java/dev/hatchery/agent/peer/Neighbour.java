package dev.hatchery.agent.peer;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What is known of a neighbour.
 *
 * @param good pieces that were right
 * @param bad what it did wrong so far
 * @param aside why it is left alone just now
 */
public record Neighbour(
    InetSocketAddress address, String device, long good, long bad, Optional<Fault> aside) {}

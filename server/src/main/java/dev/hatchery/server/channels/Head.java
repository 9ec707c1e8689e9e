package dev.hatchery.server.channels;

import dev.hatchery.core.Digest;
import dev.hatchery.server.orders.Terms;
import java.time.Instant;

/**
 * What a channel named, from some time on.
 *
 * @param depth 1 for a channel's first
 */
public record Head(int depth, Digest release, Terms terms, Instant at) {}

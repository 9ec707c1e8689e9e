package dev.hatchery.server.channels;

import dev.hatchery.core.Digest;
import dev.hatchery.server.orders.Terms;
import java.time.Instant;
import java.util.Optional;

/**
 * What a channel named, from some time on.
 *
 * @param depth 1 for a channel's first
 * @param left what was left for it, when it is the head because of a rollback
 */
public record Head(int depth, Digest release, Terms terms, Optional<Digest> left, Instant at) {}

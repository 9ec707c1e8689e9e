package dev.hatchery.wire.api;

import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import java.time.Instant;
import java.util.Optional;

/**
 * A channel of a slot.
 *
 * @param head what its devices follow; absent before its first rollout completed
 * @param previous what a rollback would go back to
 * @param movedAt when the head was last moved
 */
public record ChannelView(
    Name slot,
    Name channel,
    Optional<ReleaseId> head,
    Optional<ReleaseId> previous,
    Optional<Instant> movedAt,
    long devices) {}

package dev.hatchery.wire.api;

import dev.hatchery.core.ReleaseId;
import java.util.Optional;

/**
 * Takes a channel back: aborts its active rollout, or, when there is none, goes back to the release
 * before. A channel that a rollback has taken back already stays where it is, unless {@code head}
 * says that this head, too, is to be left.
 *
 * @param reason for the record
 * @param head what the sender believes the channel's head to be; where it is not, nothing happens
 */
public record RollbackRequest(String reason, Optional<ReleaseId> head) {}

package dev.hatchery.wire.api;

import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import java.util.Optional;

/**
 * What a rollback did.
 *
 * @param rollout the rollout that was aborted
 * @param from what is taken back
 * @param to what devices go back to; absent when the rollout was the channel's first
 * @param devices how many were ordered back
 */
public record RollbackView(
    Name slot,
    Name channel,
    How how,
    Optional<String> rollout,
    ReleaseId from,
    Optional<ReleaseId> to,
    long devices) {
  /** Which way it took. */
  public enum How {
    ROLLOUT_ABORTED,
    /** It was taken back before, and its devices are on their way or there; nothing was added. */
    UNDER_WAY,
    HEAD_MOVED
  }
}

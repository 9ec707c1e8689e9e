package dev.hatchery.core;

import java.time.Instant;
import java.util.Optional;

/**
 * One transition on a device, told once.
 *
 * @param commandId the order it belongs to; empty for what no order caused
 * @param traffic what the order had cost until then, bodies only
 */
public record Event(
    Name slot,
    Kind kind,
    Instant at,
    String commandId,
    Optional<Digest> bundle,
    Optional<Code> reason,
    String detail,
    Traffic traffic) {
  private static final int MAX_DETAIL = 512;

  public Event {
    if (detail.length() > MAX_DETAIL) detail = detail.substring(0, MAX_DETAIL);
  }

  /** Whatever had crossed a network. */
  public long bytesDownloaded() {
    return traffic.total();
  }

  /** What happened. */
  public enum Kind {
    ACCEPTED,
    FETCHED,
    VERIFIED,
    TRIAL,
    CONFIRMED,
    /** The service proves that it runs the bundle as a shadow. */
    SHADOWED,
    ROLLED_BACK,
    FAILED,
    REPAIRED,
    SERVICE_RESTARTED
  }
}

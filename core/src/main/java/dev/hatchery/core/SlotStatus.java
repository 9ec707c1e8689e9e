package dev.hatchery.core;

import java.util.Optional;

/**
 * Where a slot of a device stands.
 *
 * @param commandId the order this is about; absent before the first
 * @param current the bundle that {@code current} points to
 * @param lkg the last known good bundle
 * @param previous what was the last known good before that, and is on disk still; absent where
 *     there is none, and where an older agent does not say
 * @param running the bundle whose bytes the service itself says it loaded; absent while it does not
 *     answer
 * @param reason why the last order failed or was rolled back
 * @param traffic what this order has cost on the network, bodies only
 * @param pinned why a person at the device keeps the slot on what it has; absent while nobody does
 * @param shadow the bundle that runs, or is about to run, beside the one that is served; absent
 *     only when the service says that there is none
 */
public record SlotStatus(
    State state,
    Optional<String> commandId,
    Optional<Digest> current,
    Optional<Digest> lkg,
    Optional<Digest> previous,
    Optional<Digest> running,
    Proof proof,
    Optional<Code> reason,
    String detail,
    Traffic traffic,
    Optional<String> pinned,
    Optional<Digest> shadow) {
  private static final int MAX_DETAIL = 512;

  public SlotStatus {
    detail = clipped(detail);
    pinned = pinned.map(SlotStatus::clipped);
  }

  /** Of a slot without a shadow. */
  public SlotStatus(
      State state,
      Optional<String> commandId,
      Optional<Digest> current,
      Optional<Digest> lkg,
      Optional<Digest> previous,
      Optional<Digest> running,
      Proof proof,
      Optional<Code> reason,
      String detail,
      Traffic traffic,
      Optional<String> pinned) {
    this(
        state,
        commandId,
        current,
        lkg,
        previous,
        running,
        proof,
        reason,
        detail,
        traffic,
        pinned,
        Optional.empty());
  }

  /** The same, of one that has nothing older than its last known good. */
  public SlotStatus(
      State state,
      Optional<String> commandId,
      Optional<Digest> current,
      Optional<Digest> lkg,
      Optional<Digest> running,
      Proof proof,
      Optional<Code> reason,
      String detail,
      Traffic traffic,
      Optional<String> pinned) {
    this(
        state,
        commandId,
        current,
        lkg,
        Optional.empty(),
        running,
        proof,
        reason,
        detail,
        traffic,
        pinned);
  }

  /** The same, of one that nobody at the device has pinned. */
  public SlotStatus(
      State state,
      Optional<String> commandId,
      Optional<Digest> current,
      Optional<Digest> lkg,
      Optional<Digest> running,
      Proof proof,
      Optional<Code> reason,
      String detail,
      Traffic traffic) {
    this(state, commandId, current, lkg, running, proof, reason, detail, traffic, Optional.empty());
  }

  private static String clipped(String text) {
    return text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) : text;
  }

  /** Whatever crossed a network. */
  public long bytesDownloaded() {
    return traffic.total();
  }

  /** The states of the install protocol (durability reference, section 2). */
  public enum State {
    IDLE,
    ACCEPTED,
    FETCHING,
    VERIFIED,
    TRIAL,
    CONFIRMED,
    /** The order's bundle is being loaded as a shadow; what is served stays. */
    SHADOWING,
    /** The service has proved that it runs the order's bundle as a shadow. */
    SHADOWED,
    ROLLING_BACK,
    ROLLED_BACK,
    FAILED
  }

  /** How the device knows what its service runs. */
  public enum Proof {
    ECHOED,
    OBSERVED,
    NONE
  }
}

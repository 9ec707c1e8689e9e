package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A rollout's whole state; {@link Engine} makes the next one from it.
 *
 * @param target manifest of the release that is rolled out
 * @param previous release and manifest that the channel's head named before; absent in a channel's
 *     first rollout
 * @param cohorts the devices it is for, and who is in which stage
 * @param stage index of the stage that runs
 * @param stageSince since when it runs; its deadline counts from here, and anew after a pause
 * @param evidenceUpTo number of the last report that was counted
 * @param members those that were touched, in the order they were
 * @param heldSince since when a hold keeps the stage, for people
 * @param abort latched once present
 * @param finishedAt when it completed, or when the last member had proved to be back
 * @param inquiries what is kept of each gate's query, by metric
 * @param undone who took its end back; absent again when that was taken back
 * @param comparison with the devices that are held back as a control
 * @param turn by which it comes before others that want the same devices, see {@link Precedence}:
 *     when it was planned, or right before what it overtook then
 */
public record Rollout(
    String id,
    RolloutSpec spec,
    Digest target,
    Optional<Previous> previous,
    Instant createdAt,
    Cohorts cohorts,
    Phase phase,
    int stage,
    Instant stageSince,
    long evidenceUpTo,
    Map<DeviceId, Member> members,
    Optional<Instant> heldSince,
    Optional<Abort> abort,
    Optional<Instant> finishedAt,
    Consent consent,
    Optional<Undone> undone,
    Comparison comparison,
    Map<String, Inquiry> inquiries,
    Instant turn) {
  /** What to go back to. */
  public record Previous(ReleaseId release, Digest manifest) {}

  /**
   * Why and when it was aborted.
   *
   * @param gate the gate that tripped, or {@code operator}, {@code local-rollbacks}, {@code
   *     silence}, {@code deadline}
   * @param reason in plain words
   * @param firstBad when the first bad evidence was seen, if any was
   */
  public record Abort(String gate, String reason, Instant at, Optional<Instant> firstBad) {}

  /** That its end was taken back. */
  public record Undone(String by, String reason, Instant at) {}

  public Rollout {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    inquiries = Map.copyOf(inquiries);
  }

  /** The devices it is for, in cohort order. */
  public List<DeviceId> fleet() {
    return cohorts.fleet();
  }

  /** Whether the member's newest order is to run the target as a shadow only. */
  public boolean shadows(Member member) {
    return spec.shadows(member.stage());
  }

  /** Whether the stage that runs has shadows only. */
  boolean shadowing() {
    return spec.shadows(stage);
  }

  /** The members that were ordered to run the target, as a shadow or for good. */
  public List<Member> touched() {
    return members.values().stream().filter(Member::touched).toList();
  }

  /** The same, with whoever started it: they cannot approve its stages. */
  public Rollout startedBy(String author) {
    return new Rollout(
        id,
        spec,
        target,
        previous,
        createdAt,
        cohorts,
        phase,
        stage,
        stageSince,
        evidenceUpTo,
        members,
        heldSince,
        abort,
        finishedAt,
        consent.by(author),
        undone,
        comparison,
        inquiries,
        turn);
  }

  /** The same, with its turn before or after others. */
  Rollout inTurn(Instant other) {
    return new Rollout(
        id,
        spec,
        target,
        previous,
        createdAt,
        cohorts,
        phase,
        stage,
        stageSince,
        evidenceUpTo,
        members,
        heldSince,
        abort,
        finishedAt,
        consent,
        undone,
        comparison,
        inquiries,
        other);
  }
}

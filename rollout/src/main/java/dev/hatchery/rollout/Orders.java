package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A member as it is right after an order. Command ids say which order they are, {@code
 * <rollout>/<attempt>} to switch, {@code <rollout>/shadow<attempt>} to run a shadow and {@code
 * <rollout>/back<attempt>} to go back, so the same state always gives the same commands and no id
 * is used twice for a device.
 */
final class Orders {
  /** Leaves room for the rest of a command id, which has at most 128 characters. */
  static final int MAX_ROLLOUT_ID = 96;

  private Orders() {}

  private static String toSwitch(Rollout rollout, int attempt) {
    return rollout.id() + "/" + attempt;
  }

  private static String toRun(Rollout rollout, int stage, int attempt) {
    return rollout.spec().shadows(stage)
        ? rollout.id() + "/shadow" + attempt
        : toSwitch(rollout, attempt);
  }

  /** What carries the member's newest order out. */
  static Command command(Rollout rollout, Member member) {
    return rollout.shadows(member)
        ? new Command.Shadow(member.device(), member.commandId())
        : new Command.Assign(member.device(), member.commandId());
  }

  /** The shadow of a device that the rollout passes by goes, under an id that no order has. */
  static Command withoutShadow(Rollout rollout, Member member) {
    return new Command.RollBack(member.device(), rollout.id() + "/noshadow" + member.attempt());
  }

  private static String toGoBack(Rollout rollout, int attempt) {
    return rollout.id() + "/back" + attempt;
  }

  /**
   * The first order; the past is kept as it is now, since the bundle that made it ends here. To a
   * device that ran a shadow it is the first as well: only what that has cost is carried over.
   */
  static Member first(
      Rollout rollout, DeviceId device, Baseline past, Optional<Duty> duty, Instant now) {
    Traffic spent =
        Optional.ofNullable(rollout.members().get(device))
            .map(Member::traffic)
            .orElse(Traffic.NONE);
    return new Member(
        device,
        rollout.stage(),
        1,
        0,
        toRun(rollout, rollout.stage(), 1),
        Member.State.ORDERED,
        duty,
        now,
        now,
        now,
        Optional.empty(),
        Duration.ZERO,
        0,
        0,
        past,
        bars(rollout, past),
        Map.of(),
        StageTallies.NONE,
        Map.of(),
        0,
        Optional.empty(),
        0,
        Optional.empty(),
        spent,
        spent,
        Traffic.NONE,
        false,
        Concurrent.NONE,
        Optional.empty());
  }

  /** No order: the stage comes to a device that is pinned. The command id is never used. */
  static Member pinned(Rollout rollout, DeviceId device, Instant now) {
    MemberDraft d = new MemberDraft(first(rollout, device, Baseline.NONE, Optional.empty(), now));
    d.attempt = 0;
    d.commandId = toSwitch(rollout, 0);
    d.state = Member.State.PINNED;
    return d.done();
  }

  private static Map<String, Double> bars(Rollout rollout, Baseline past) {
    Map<String, Double> bars = new HashMap<>();
    for (Limit limit : Limit.all(rollout.spec())) {
      limit.bar(past).ifPresent(bar -> bars.put(limit.key(), bar));
    }
    return bars;
  }

  /**
   * A fresh trial: soak and requests begin again, the e-processes go on. That it had failed stays
   * known until it is confirmed. Its silence still runs from when it was last heard of.
   */
  static Member again(Rollout rollout, Member member, Instant now) {
    MemberDraft d = new MemberDraft(member);
    d.attempt++;
    d.commandId = toRun(rollout, d.stage, d.attempt);
    d.orderedAt = now;
    d.enter(Member.State.ORDERED, now);
    d.observed = Duration.ZERO;
    d.requests = 0;
    d.errors = 0;
    d.trafficBefore = d.traffic;
    return d.done();
  }

  /**
   * What it has shown is forgotten, and its past with it. Limits that need none stay as they were
   * fixed, so that no device is suddenly held to more.
   */
  static Member disturbed(Member member, Disturbance disturbance) {
    MemberDraft d = new MemberDraft(member);
    d.forget();
    d.baseline = Baseline.NONE;
    d.bars = new HashMap<>(member.bars());
    d.bars.keySet().removeIf(key -> key.endsWith(Limit.RATIO));
    d.disturbance = Optional.of(disturbance);
    return d.done();
  }

  /** A new order after the end; what the rollout knows of the device stays as it ended. */
  static Member undone(Rollout rollout, Member member, boolean back) {
    MemberDraft d = new MemberDraft(member);
    d.attempt++;
    d.commandId = back ? toGoBack(rollout, d.attempt) : toSwitch(rollout, d.attempt);
    return d.done();
  }

  /** To go back, for the first time or again. */
  static Member back(Rollout rollout, Member member, Instant now) {
    MemberDraft d = new MemberDraft(member);
    d.attempt++;
    d.toldBack++;
    d.commandId = toGoBack(rollout, d.attempt);
    d.orderedAt = now;
    d.since = now;
    d.state = Member.State.ROLLING_BACK;
    d.failure = Optional.empty();
    d.trafficBefore = d.trafficBack;
    return d.done();
  }
}

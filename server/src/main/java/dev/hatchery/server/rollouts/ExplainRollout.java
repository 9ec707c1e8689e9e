package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Priority;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.DecisionView;
import dev.hatchery.wire.api.RolloutExplanation;
import dev.hatchery.wire.api.VerdictView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code GET /api/v1/rollouts/{id}/explain}, and what a rollout has to say about one device. */
public final class ExplainRollout {
  private static final int DECISIONS = 5;

  private final Db db;
  private final Rollouts rollouts;
  private final RolloutRoutes shown;
  private final Barred barred;
  private final Conditions conditions;
  private final InstantSource clock;

  ExplainRollout(
      Db db,
      Rollouts rollouts,
      RolloutRoutes shown,
      Barred barred,
      Conditions conditions,
      InstantSource clock) {
    this.db = db;
    this.rollouts = rollouts;
    this.shown = shown;
    this.barred = barred;
    this.conditions = conditions;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(Route.get("/api/v1/rollouts/{id}/explain", Access.OPERATOR, this::explain));
  }

  private Answer explain(Exchange exchange) {
    Stored stored = db.read(rows -> rollouts.require(rows, exchange.part("id")));
    Rollout rollout = stored.rollout();
    List<DecisionView> decided =
        db.read(rows -> DecisionStore.newest(rows, stored.id(), DECISIONS));
    List<VerdictView> verdicts = shown.newest(stored);
    List<String> ways = new Advice(rollout, now()).ways(verdicts);
    List<String> devices = new Obstacles(rollout, barred.of(rollout)).lines();
    return Answer.json(
        Api.ROLLOUT_EXPLANATION,
        new RolloutExplanation(stored.id(), standing(rollout), decided, verdicts, devices, ways));
  }

  private static String standing(Rollout rollout) {
    RolloutSpec spec = rollout.spec();
    String where =
        "%s of %s on %s/%s, stage %s (%d of %d) since %s"
            .formatted(
                rollout.phase(),
                spec.release(),
                spec.slot(),
                spec.channel(),
                spec.stages().get(rollout.stage()).name(),
                rollout.stage() + 1,
                spec.stages().size(),
                seconds(rollout.stageSince()));
    String look =
        rollout.phase().active()
            ? rollout
                .comparison()
                .next()
                .map(at -> ", compared with the control next at " + seconds(at))
                .orElse("")
            : "";
    String first =
        spec.priority() == Priority.NORMAL
            ? ""
            : ", priority " + spec.priority().name().toLowerCase(Locale.ROOT);
    String held = rollout.heldSince().map(at -> ", held since " + seconds(at)).orElse("");
    String why =
        rollout.abort().map(a -> "; aborted by " + a.gate() + ": " + a.reason()).orElse("");
    String undone = rollout.undone().map(u -> "; undone by " + u.by()).orElse("");
    return where + first + look + held + why + undone;
  }

  /** Each condition that keeps a device's newest rollout from counting it, and since when. */
  public List<String> about(Device device, Name slot, Optional<Order> order) {
    List<String> lines = new ArrayList<>(barred.about(device, slot));
    order.ifPresent(o -> lines.addAll(conditions.unmet(device, slot, o)));
    lines.addAll(newest(device.id(), slot));
    return lines;
  }

  private List<String> newest(DeviceId device, Name slot) {
    return rollouts.live().stream()
        .map(Stored::rollout)
        .filter(r -> r.spec().slot().equals(slot) && r.fleet().contains(device))
        .reduce((_, newer) -> newer)
        .map(r -> about(r, device))
        .orElse(List.of());
  }

  private List<String> about(Rollout rollout, DeviceId device) {
    String name = "rollout " + rollout.id() + ": ";
    Optional<Member> member = Optional.ofNullable(rollout.members().get(device));
    if (member.isEmpty()) {
      String why =
          rollout.cohorts().control().contains(device)
              ? "held back as control until the last stage; stage "
              : "not told to switch yet; stage ";
      List<String> waits = new ArrayList<>();
      waits.add(name + why + stage(rollout) + " runs");
      rollouts.live(rollout.id()).map(shown::newest).orElse(List.of()).stream()
          .filter(v -> v.kind() == VerdictView.Kind.HOLD)
          .map(v -> "  unmet: " + v.gate() + ": " + v.reason() + since(v))
          .forEach(waits::add);
      return waits;
    }
    List<String> lines = new ArrayList<>();
    Member m = member.get();
    lines.add(name + state(rollout, m));
    m.disturbance()
        .ifPresent(
            d ->
                lines.add(
                    (now().isBefore(d.until())
                            ? "  unmet: what it shows counts anew from "
                            : "  what it shows counts anew since ")
                        + seconds(d.until())
                        + ", and it is not compared with its past: "
                        + d));
    if (m.state() == Member.State.CONFIRMED || m.state() == Member.State.ORDERED) {
      RolloutSpec spec = rollout.spec();
      Duration soak = spec.stages().get(rollout.stage()).soak();
      long least = spec.minRequests(rollout.stage());
      if (m.requests() < least) {
        lines.add("  unmet: " + m.requests() + " of " + least + " requests" + since(m));
      }
      if (m.observed().compareTo(soak) < 0) {
        lines.add("  unmet: watched for " + time(m.observed()) + " of " + time(soak) + since(m));
      }
    }
    Engine.nextTrial(rollout, m)
        .ifPresent(at -> lines.add("  unmet: a fresh trial, not before " + seconds(at)));
    return lines;
  }

  // What it serves is the release before, whatever becomes of the shadow.
  private static String shadow(Member m) {
    return switch (m.state()) {
      case ORDERED ->
          "does not prove yet that it runs the target as a shadow; told at " + at(m.orderedAt());
      case CONFIRMED -> "runs the target as a shadow, since " + at(m.since());
      case ROLLING_BACK ->
          "has not proved yet that its shadow is gone; told at " + at(m.orderedAt());
      case ROLLED_BACK -> "has proved that its shadow is gone, since " + at(m.since());
      case FAILED, QUARANTINED, PINNED -> state(m);
    };
  }

  /** Where a member stands, and since when. */
  static String state(Rollout rollout, Member m) {
    return rollout.shadows(m) ? shadow(m) : state(m);
  }

  private static String state(Member m) {
    return switch (m.state()) {
      case ORDERED -> "does not prove yet that it runs the target; told at " + at(m.orderedAt());
      case CONFIRMED -> "has proved that it runs the target, since " + at(m.since());
      case FAILED ->
          "went back or could not switch"
              + m.failure().map(code -> " (" + code + ")").orElse("")
              + ", since "
              + at(m.since());
      case QUARANTINED ->
          "is in quarantine"
              + m.failure().map(code -> " (" + code + ")").orElse("")
              + " until hatchery rollout retry, since "
              + at(m.since());
      case PINNED ->
          "is pinned, and the stages go on without it"
              + (m.touched() ? ", though it was told to switch at " + at(m.orderedAt()) : "")
              + "; since "
              + at(m.since());
      case ROLLING_BACK -> "has not proved yet that it is back; told at " + at(m.orderedAt());
      case ROLLED_BACK -> "has proved that it is back, since " + at(m.since());
    };
  }

  private static String since(VerdictView verdict) {
    return verdict.since().map(at -> ", since " + seconds(at)).orElse("");
  }

  private static String since(Member m) {
    return ", since " + at(m.orderedAt());
  }

  private static String at(Instant instant) {
    return seconds(instant).toString();
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }

  private static String time(Duration duration) {
    return Durations.format(duration.truncatedTo(ChronoUnit.SECONDS));
  }

  private static Name stage(Rollout rollout) {
    return rollout.spec().stages().get(rollout.stage()).name();
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}

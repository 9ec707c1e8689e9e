package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.FitRule;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.rollouts.Findings.Trouble;
import dev.hatchery.server.telemetry.DeviceStatus;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.wire.api.PreflightView;
import dev.hatchery.wire.api.PreflightView.Check;
import dev.hatchery.wire.api.PreflightView.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Looks ahead: what would stop a rollout, or a device's way back, before anybody is touched. It
 * changes nothing, and finds more than the first thing that planning would refuse.
 */
final class Preflight {
  /** How long ago a device may have been heard of. */
  static final Duration WITHIN = Duration.ofHours(24);

  private final Planning planning;
  private final ReleaseStore releases;
  private final StatusStore statuses;
  private final Roads roads;
  private final Interlocks interlocks;
  private final InstantSource clock;

  Preflight(
      Planning planning,
      ReleaseStore releases,
      StatusStore statuses,
      Roads roads,
      Interlocks interlocks,
      InstantSource clock) {
    this.planning = planning;
    this.releases = releases;
    this.statuses = statuses;
    this.roads = roads;
    this.interlocks = interlocks;
    this.clock = clock;
  }

  PreflightView look(Tx tx, RolloutSpec spec, Duration within) {
    Release release = releases.require(spec.release());
    List<Device> asked = planning.asked(spec);
    Fitting fitting = Fitting.of(release, asked, spec.fitRule());
    var findings = new Findings();
    plan(tx, spec, fitting.fit(), findings);
    stack(fitting.fit(), spec.fitRule(), findings);
    boolean first =
        planning
            .previous(tx, new ChannelId(spec.slot(), spec.channel()), release.digest())
            .isEmpty();
    var bars = interlocks.bars(spec);
    for (Device device : fitting.taken()) {
      Optional<DeviceStatus> status = statuses.find(device.id());
      checkIn(device, status, within, findings);
      bars.apply(device.id()).ifPresent(why -> locked(device, why, findings));
      Optional<SlotStatus> slot =
          status.flatMap(s -> Optional.ofNullable(s.slots().get(spec.slot())));
      if (status.isPresent()) wayBack(device, slot, first, findings);
      boolean has = slot.flatMap(SlotStatus::current).filter(release.digest()::equals).isPresent();
      if (!has) roads.look(device, spec, release, findings);
    }
    return new PreflightView(release.id(), asked.size(), findings.sorted());
  }

  private void plan(Tx tx, RolloutSpec spec, FleetFit fit, Findings findings) {
    try {
      planning.tryOut(tx, spec);
    } catch (Refusal refusal) {
      boolean told = refusal.code() == Code.INCOMPATIBLE && refuses(fit, spec.fitRule());
      if (told) return;
      Refusal.Problem problem = refusal.problem();
      String got = problem.got().isEmpty() ? "" : " (" + problem.got() + ")";
      findings.add(
          new Finding(
              Check.PLAN,
              true,
              problem.code() + " " + problem.title() + got,
              problem.fix(),
              fit.devices(),
              List.of()));
    }
  }

  private static boolean refuses(FleetFit fit, FitRule rule) {
    return fit.unfit() > 0 && rule.incompatible() == FitRule.Incompatible.REFUSE;
  }

  private static void stack(FleetFit fit, FitRule rule, Findings findings) {
    for (FleetFit.Group group : fit.groups()) {
      boolean stops = !group.misfit().unknown() && refuses(fit, rule);
      findings.add(
          new Finding(
              Check.STACK,
              stops,
              group.misfit().toString(),
              group.misfit().unknown() ? unsaid(rule) : unfit(rule),
              group.devices(),
              group.examples()));
    }
  }

  private static String unfit(FitRule rule) {
    return switch (rule.incompatible()) {
      case REFUSE -> "upgrade them, or leave them out with incompatible: skip or a selector";
      case SKIP -> "they are skipped and stay on what they have; upgrade them to take part";
    };
  }

  private static String unsaid(FitRule rule) {
    return switch (rule.unknownFacts()) {
      case HOLD -> "they are held on what they have; set it under facts: in their agent.yaml";
      case WARN -> "they try all the same; set it under facts: in their agent.yaml to know";
    };
  }

  private void checkIn(
      Device device, Optional<DeviceStatus> status, Duration within, Findings findings) {
    Instant since = clock.instant().minus(within);
    if (status.filter(s -> !s.lastSeen().isBefore(since)).isPresent()) return;
    String what =
        status.isPresent()
            ? "not heard of for more than " + Durations.format(within)
            : "never heard of since it was enrolled";
    findings.add(
        device.id(),
        new Trouble(
            Check.CHECK_IN,
            true,
            what,
            "see to its power, network and agent; or leave it out with a selector"));
  }

  private static void locked(Device device, String why, Findings findings) {
    findings.add(
        device.id(),
        new Trouble(
            Check.INTERLOCK,
            false,
            why,
            "its stage waits for it; or leave it out with a selector, or begin later"));
  }

  // The first release of a channel has nothing before it anywhere.
  private static void wayBack(
      Device device, Optional<SlotStatus> slot, boolean first, Findings findings) {
    if (slot.flatMap(SlotStatus::lkg).isPresent()) return;
    findings.add(
        device.id(),
        first
            ? new Trouble(
                Check.LKG,
                false,
                "nothing to go back to: it is the channel's first release",
                "watch its first stage closely; a device that it fails on is left without a model")
            : new Trouble(
                Check.LKG,
                true,
                "no last known good on its disk to go back to",
                "let it confirm the channel's head first; see hatchery explain device"));
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.bytes.ExpectedCost;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.telemetry.BaselineStore;
import dev.hatchery.server.telemetry.DeviceStatus;
import dev.hatchery.wire.api.RecordedDeviceView;
import dev.hatchery.wire.api.RehearsalView;
import dev.hatchery.wire.api.RestraintView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is on record of a plan and its fleet. */
final class Recordings {
  /** Devices in an answer. */
  private static final int PAGE = 1000;

  private final Planning planning;
  private final Costs costs;
  private final ExpectedCost foreseen;
  private final Duties duties;
  private final RolloutRoom.Parts parts;

  Recordings(
      Planning planning,
      Costs costs,
      ExpectedCost foreseen,
      Duties duties,
      RolloutRoom.Parts parts) {
    this.duties = duties;
    this.planning = planning;
    this.costs = costs;
    this.foreseen = foreseen;
    this.parts = parts;
  }

  /** All but the devices. An unknown release is refused; what else planning refuses is told. */
  RehearsalView plan(Tx tx, RolloutSpec spec) {
    requireNoShadows(spec);
    Release release = parts.releases().require(spec.release());
    Optional<Rollout> planned = Optional.empty();
    String refused = "";
    try {
      planned = Optional.of(planning.tryOut(tx, spec).rollout());
    } catch (Refusal refusal) {
      refused = refusal.problem().line();
    }
    String id = planned.map(Rollout::id).orElseGet(() -> planning.next(tx, spec));
    Fitting fitting = Fitting.of(release, planning.asked(spec), spec.fitRule());
    return new RehearsalView(
        id,
        release.id(),
        release.digest(),
        previous(tx, spec, release).map(p -> new RehearsalView.Previous(p.release(), p.manifest())),
        Planning.seed(id),
        parts.clock().instant(),
        parts.idle(),
        planned.map(costs::waitsForPatches).orElse(Duration.ZERO),
        fitting.fit(),
        parts.limits().current(),
        parts.restraints().all().stream()
            .map(RestraintView::restraint)
            .filter(r -> r.kind() != Restraint.Kind.PIN)
            .toList(),
        refused);
  }

  // What a shadow shows depends on what the device serves meanwhile, which nothing simulates.
  private static void requireNoShadows(RolloutSpec spec) {
    if (spec.shadowStages() == 0) return;
    throw Refusal.of(Code.BAD_SPEC, "a rehearsal does not know how to run a shadow stage")
        .at(spec.name() + ", stage " + spec.stages().getFirst().name())
        .expected("stages whose devices switch")
        .got("shadow: true")
        .fix("rehearse a copy of the file without that stage");
  }

  private Optional<Rollout.Previous> previous(Rows rows, RolloutSpec spec, Release release) {
    return planning.previous(rows, new ChannelId(spec.slot(), spec.channel()), release.digest());
  }

  /** Those that the plan takes, by id, from the one after this on. */
  RecordedDeviceView.Page devices(Rows rows, RolloutSpec spec, Optional<DeviceId> after) {
    Release release = parts.releases().require(spec.release());
    Optional<Digest> before = previous(rows, spec, release).map(Rollout.Previous::manifest);
    List<RecordedDeviceView> page = new ArrayList<>();
    for (Device device : planning.asked(spec)) {
      if (after.isPresent() && device.id().compareTo(after.get()) <= 0) continue;
      boolean taken =
          release
              .manifest()
              .compatibility()
              .fit(device.facts())
              .passes(spec.fitRule().unknownFacts());
      if (!taken) continue;
      if (page.size() == PAGE) return new RecordedDeviceView.Page(page, true);
      page.add(recorded(rows, device, spec, release, before));
    }
    return new RecordedDeviceView.Page(page, false);
  }

  private RecordedDeviceView recorded(
      Rows rows, Device device, RolloutSpec spec, Release release, Optional<Digest> before) {
    return new RecordedDeviceView(
        device.id(),
        device.labels(),
        device.facts(),
        before
            .flatMap(bundle -> BaselineStore.find(rows, device.id(), spec.slot(), bundle))
            .map(Gathered::baseline)
            .map(p -> new RecordedDeviceView.Past(p.requests(), p.errors(), p.latency(), p.span())),
        duties.of(rows, device).map(duty -> new RecordedDeviceView.Duty(duty.awake(), duty.zone())),
        parts.statuses().find(device.id()).map(DeviceStatus::lastSeen),
        foreseen.of(device, release, spec.slot(), spec.delivery()));
  }
}

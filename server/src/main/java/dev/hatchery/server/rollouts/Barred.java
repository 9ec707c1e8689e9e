package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.Restraints;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.placements.PlacementStore;
import dev.hatchery.server.restraints.RestraintStore;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.RestraintView;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Whom operators' pins, holds and freezes keep from new orders, in the words that are shown. */
final class Barred {
  private final RestraintStore restraints;
  private final PlacementStore placements;
  private final DeviceStore devices;
  private final StatusStore statuses;
  private final Interlocks interlocks;
  private static final Optional<PlacementRequest.Kind> TAKEN_BACK =
      Optional.of(PlacementRequest.Kind.ROLLBACK);

  private final InstantSource clock;

  Barred(
      RestraintStore restraints,
      PlacementStore placements,
      DeviceStore devices,
      StatusStore statuses,
      Interlocks interlocks,
      InstantSource clock) {
    this.restraints = restraints;
    this.placements = placements;
    this.devices = devices;
    this.statuses = statuses;
    this.interlocks = interlocks;
    this.clock = clock;
  }

  /** What is in a rollout's way now. */
  Restraints of(Rollout rollout) {
    Optional<String> freeze =
        inForce(Restraint.Kind.FREEZE).stream().findFirst().map(Barred::freeze);
    Name slot = rollout.spec().slot();
    List<RestraintView> holds = inForce(Restraint.Kind.HOLD);
    List<RestraintView> pins = pins(slot);
    Map<DeviceId, String> held = new HashMap<>();
    Map<DeviceId, String> pinned = new HashMap<>();
    for (DeviceId id : rollout.fleet()) {
      Optional<Device> device = devices.find(id);
      device.flatMap(d -> first(holds, d)).ifPresent(view -> held.put(id, why(view)));
      device.flatMap(d -> pin(pins, d, slot)).ifPresent(why -> pinned.put(id, why));
    }
    return new Restraints(freeze, held, pinned, interlocks.of(rollout));
  }

  /** What the answers here rest on, for {@link #stands}. */
  List<RestraintView> snapshot() {
    return restraints.snapshot();
  }

  /** Whether what is in the way of orders is still what it was. */
  boolean stands(Tx tx, List<RestraintView> snapshot) {
    return restraints.stands(tx, snapshot);
  }

  private Optional<String> pin(List<RestraintView> pins, Device device, Name slot) {
    return first(pins, device).map(this::why).or(() -> ownPin(device, slot));
  }

  private Optional<String> ownPin(Device device, Name slot) {
    return statuses
        .find(device.id())
        .flatMap(status -> Optional.ofNullable(status.slots().get(slot)))
        .flatMap(SlotStatus::pinned)
        .map(reason -> "is pinned at the device: " + reason);
  }

  /** Whether a slot of a device stays on what it has, by an operator's word or its own. */
  boolean pinned(Device device, Name slot) {
    return pin(pins(slot), device, slot).isPresent();
  }

  /** Which devices may be ordered what their channel's head has become by this rollout. */
  Predicate<Device> free(RolloutSpec spec) {
    List<RestraintView> holds = inForce(Restraint.Kind.HOLD);
    var bars = interlocks.bars(spec);
    return device ->
        !pinned(device, spec.slot())
            && first(holds, device).isEmpty()
            && bars.apply(device.id()).isEmpty();
  }

  /**
   * Why a device that is let go has to stay on what it has for now; empty when it may be ordered.
   *
   * @param gone the pin that it is let go of
   */
  Optional<String> keeps(Device device, Name slot, long gone) {
    List<RestraintView> pins = pins(slot).stream().filter(view -> view.id() != gone).toList();
    return inForce(Restraint.Kind.FREEZE).stream()
        .findFirst()
        .map(Barred::freeze)
        .or(() -> first(inForce(Restraint.Kind.HOLD), device).map(this::why))
        .or(() -> pin(pins, device, slot))
        .or(() -> interlocks.about(device.id(), slot).stream().findFirst());
  }

  /** Each restraint that bears on a slot of a device. */
  List<String> about(Device device, Name slot) {
    List<RestraintView> all = new ArrayList<>(pins(slot));
    all.addAll(inForce(Restraint.Kind.HOLD));
    List<String> lines =
        all.stream()
            .filter(view -> concerns(view, device))
            .map(view -> "it " + why(view) + "; since " + seconds(view.restraint().from()))
            .collect(Collectors.toCollection(ArrayList::new));
    ownPin(device, slot).ifPresent(why -> lines.add("it " + why));
    inForce(Restraint.Kind.FREEZE).forEach(view -> lines.add(freeze(view)));
    lines.addAll(interlocks.about(device.id(), slot));
    return lines;
  }

  private List<RestraintView> pins(Name slot) {
    return inForce(Restraint.Kind.PIN).stream()
        .filter(view -> view.restraint().slot().equals(Optional.of(slot)))
        .toList();
  }

  private List<RestraintView> inForce(Restraint.Kind kind) {
    return restraints.inForce(kind, Instant.ofEpochMilli(clock.millis()));
  }

  private Optional<RestraintView> first(List<RestraintView> views, Device device) {
    return views.stream().filter(view -> concerns(view, device)).findFirst();
  }

  // Who was put somewhere by hand is known one by one, whatever their labels are by now.
  private boolean concerns(RestraintView view, Device device) {
    return placements
        .open(view.id())
        .map(placement -> placement.keeps(device.id()))
        .orElseGet(() -> view.restraint().concerns(device.id(), device.labels()));
  }

  private String why(RestraintView view) {
    Restraint r = view.restraint();
    return placements.open(view.id()).map(p -> p.request().kind()).equals(TAKEN_BACK)
        ? "was taken back by "
            + view.by()
            + ": "
            + r.reason()
            + " (hatchery rollback undo "
            + view.id()
            + " lets it go)"
        : plain(view);
  }

  private static String plain(RestraintView view) {
    Restraint r = view.restraint();
    return switch (r.kind()) {
      case PIN ->
          "is pinned by "
              + view.by()
              + ": "
              + r.reason()
              + " (hatchery unpin "
              + view.id()
              + " lets it go)";
      case HOLD, FREEZE ->
          "is held by "
              + view.by()
              + view.owner().map(o -> " for " + o).orElse("")
              + until(r)
              + ": "
              + r.reason()
              + " (hatchery unhold "
              + view.id()
              + " lets it go)";
    };
  }

  private static String freeze(RestraintView view) {
    Restraint r = view.restraint();
    return "a freeze by "
        + view.by()
        + until(r)
        + ": "
        + r.reason()
        + " (hatchery freeze remove "
        + view.id()
        + " ends it)";
  }

  private static String until(Restraint restraint) {
    return restraint.until().map(end -> " until " + seconds(end)).orElse("");
  }

  private static Instant seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }
}

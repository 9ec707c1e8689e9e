package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Restraint;
import dev.hatchery.rollout.Restraints;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.restraints.RestraintStore;
import dev.hatchery.wire.api.RestraintView;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whom operators' pins, holds and freezes keep from new orders, in the words that are shown. */
final class Barred {
  private final RestraintStore restraints;
  private final DeviceStore devices;
  private final InstantSource clock;

  Barred(RestraintStore restraints, DeviceStore devices, InstantSource clock) {
    this.restraints = restraints;
    this.devices = devices;
    this.clock = clock;
  }

  /** What is in a rollout's way now. */
  Restraints of(Rollout rollout) {
    Optional<String> freeze =
        inForce(Restraint.Kind.FREEZE).stream().findFirst().map(Barred::freeze);
    List<RestraintView> about = new ArrayList<>(inForce(Restraint.Kind.HOLD));
    about.addAll(pins(rollout.spec().slot()));
    if (about.isEmpty()) return new Restraints(freeze, Map.of());
    Map<DeviceId, String> held = new HashMap<>();
    for (DeviceId id : rollout.fleet()) {
      devices
          .find(id)
          .flatMap(device -> first(about, device))
          .ifPresent(view -> held.put(id, why(view)));
    }
    return new Restraints(freeze, held);
  }

  /** Whether a slot of a device stays on what it has. */
  boolean pinned(Device device, Name slot) {
    return first(pins(slot), device).isPresent();
  }

  /** Whether a device may be ordered what its channel names. */
  boolean free(Device device, Name slot) {
    return !pinned(device, slot) && first(inForce(Restraint.Kind.HOLD), device).isEmpty();
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
    inForce(Restraint.Kind.FREEZE).forEach(view -> lines.add(freeze(view)));
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

  private static Optional<RestraintView> first(List<RestraintView> views, Device device) {
    return views.stream().filter(view -> concerns(view, device)).findFirst();
  }

  private static boolean concerns(RestraintView view, Device device) {
    return view.restraint().concerns(device.id(), device.labels());
  }

  private static String why(RestraintView view) {
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

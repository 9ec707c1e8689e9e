package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.Stack;
import dev.hatchery.rollout.Member;
import dev.hatchery.server.changes.Change;
import dev.hatchery.server.changes.ChangeStore;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.restraints.RestraintStore;
import dev.hatchery.wire.api.PermitRequest;
import dev.hatchery.wire.api.PermitView;
import dev.hatchery.wire.api.PermitView.State;
import dev.hatchery.wire.api.RestraintView;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Another updater's leave to change devices. It is granted when no rollout has one of them on trial
 * or under watch, no model has changed there within the interlock's time, and no other updater is
 * at it. While it lasts it is a hold: rollouts order its devices nothing.
 */
final class Permits {
  private static final int NAMED = 5;

  private final RestraintStore restraints;
  private final RolloutStore rollouts;
  private final DeviceStore devices;
  private final ChangeStore changes;
  private final Interlocks interlocks;
  private final InstantSource clock;

  /** What one device waits for, and until when, where that is known. */
  private record Obstacle(String why, Optional<Instant> until) {}

  Permits(
      RestraintStore restraints,
      RolloutStore rollouts,
      DeviceStore devices,
      ChangeStore changes,
      Interlocks interlocks,
      InstantSource clock) {
    this.restraints = restraints;
    this.rollouts = rollouts;
    this.devices = devices;
    this.changes = changes;
    this.interlocks = interlocks;
    this.clock = clock;
  }

  /** Grants it, renews it, or says what it waits for. */
  PermitView acquire(Tx tx, PermitRequest request, String actor) {
    Instant now = now();
    List<Device> asked = asked(request);
    Optional<RestraintView> standing = standing(tx, request, now);
    if (standing.isEmpty()) {
      List<Obstacle> obstacles = obstacles(tx, request, asked, now);
      if (!obstacles.isEmpty()) return waits(obstacles);
    }
    var wanted =
        new Restraint(
            Restraint.Kind.HOLD,
            Optional.empty(),
            request.device(),
            request.selector(),
            standing.map(view -> view.restraint().from()).orElse(now),
            Optional.of(now.plus(request.time())),
            request.reason().isBlank() ? request.owner() : request.reason());
    RestraintView held =
        standing.isPresent()
            ? restraints.renew(tx, standing.get(), wanted, actor)
            : restraints.add(tx, wanted, actor, Optional.of(request.owner()));
    return granted(held);
  }

  /** How it stands; nothing is changed. */
  PermitView status(Tx tx, PermitRequest request) {
    Instant now = now();
    Optional<RestraintView> standing = standing(tx, request, now);
    if (standing.isPresent()) return granted(standing.get());
    List<Obstacle> obstacles = obstacles(tx, request, asked(request), now);
    return obstacles.isEmpty()
        ? new PermitView(State.NONE, Optional.empty(), Optional.empty(), List.of())
        : waits(obstacles);
  }

  /** Lets go. What was changed begins the interlock, even before the devices tell of it. */
  PermitView release(Tx tx, PermitRequest request, String actor) {
    Instant now = now();
    Optional<RestraintView> standing = standing(tx, request, now);
    if (standing.isPresent()) {
      request.changed().ifPresent(what -> changed(tx, request, what, now));
      restraints.remove(tx, standing.get().id(), actor);
    }
    return new PermitView(State.NONE, Optional.empty(), Optional.empty(), List.of());
  }

  private void changed(Tx tx, PermitRequest request, String what, Instant now) {
    for (Device device : asked(request)) {
      var change = new Stack.Change(request.owner(), "", what);
      changes.add(tx, new Change(device.id(), Pipeline.FIRMWARE, change, now));
    }
  }

  private List<Device> asked(PermitRequest request) {
    List<Device> asked =
        request.device().isPresent()
            ? devices.find(request.device().get()).stream().toList()
            : devices.all().stream()
                .filter(d -> request.selector().orElseThrow().matches(d.labels()))
                .sorted(Comparator.comparing(Device::id))
                .toList();
    if (!asked.isEmpty()) return asked;
    throw Refusal.of(Code.NOT_FOUND, "there is no such device")
        .expected("one of hatchery devices")
        .got(request.device().map(DeviceId::value).orElse("selector " + request.selector()));
  }

  private Optional<RestraintView> standing(Tx tx, PermitRequest request, Instant now) {
    return restraints.permits(tx).stream()
        .filter(v -> v.owner().equals(Optional.of(request.owner())))
        .filter(v -> v.restraint().inForce(now))
        .filter(v -> v.restraint().device().equals(request.device()))
        .filter(v -> v.restraint().selector().equals(request.selector()))
        .findFirst();
  }

  private List<Obstacle> obstacles(Tx tx, PermitRequest request, List<Device> asked, Instant now) {
    List<RestraintView> others =
        restraints.permits(tx).stream()
            .filter(v -> !v.owner().equals(Optional.of(request.owner())))
            .filter(v -> v.restraint().inForce(now))
            .toList();
    List<Obstacle> obstacles = new ArrayList<>();
    for (Device device : asked) {
      inHand(tx, device.id())
          .or(() -> interlocks.modelChanged(device.id()).map(Permits::locked))
          .or(() -> taken(device, others))
          .map(o -> new Obstacle(device.id() + " " + o.why, o.until))
          .ifPresent(obstacles::add);
    }
    return obstacles;
  }

  private Optional<Obstacle> inHand(Tx tx, DeviceId device) {
    return rollouts.inHand(tx, device).stream()
        .filter(in -> busy(in.member()))
        .findFirst()
        .map(
            in ->
                new Obstacle(
                    "is watched by rollout "
                        + in.rollout()
                        + ": wait until that is over (hatchery explain rollout "
                        + in.rollout()
                        + ")",
                    Optional.empty()));
  }

  // Who is in quarantine stays there until an operator says otherwise; an update may be the cure.
  private static boolean busy(Member member) {
    return switch (member.state()) {
      case ORDERED, CONFIRMED, FAILED, ROLLING_BACK -> true;
      case PINNED -> !member.aside();
      case QUARANTINED, ROLLED_BACK -> false;
    };
  }

  private static Obstacle locked(Interlocks.Locked locked) {
    return new Obstacle(locked.why(), Optional.of(locked.until()));
  }

  private static Optional<Obstacle> taken(Device device, List<RestraintView> others) {
    return others.stream()
        .filter(v -> v.restraint().concerns(device.id(), device.labels()))
        .findFirst()
        .map(
            v ->
                new Obstacle(
                    "is being changed by "
                        + v.owner().orElseThrow()
                        + ": "
                        + v.restraint().reason()
                        + ", until "
                        + seconds(v.restraint().until().orElseThrow())
                        + " at the latest",
                    v.restraint().until()));
  }

  private static PermitView granted(RestraintView held) {
    return new PermitView(
        State.GRANTED, Optional.of(held.id()), held.restraint().until(), List.of());
  }

  // Where one of them waits for what has no time, there is none.
  private static PermitView waits(List<Obstacle> obstacles) {
    boolean known = obstacles.stream().allMatch(o -> o.until.isPresent());
    Optional<Instant> until =
        known
            ? obstacles.stream().map(o -> o.until.orElseThrow()).max(Comparator.naturalOrder())
            : Optional.empty();
    List<String> why = new ArrayList<>();
    obstacles.stream().limit(NAMED).map(Obstacle::why).forEach(why::add);
    if (obstacles.size() > NAMED) why.add("and " + (obstacles.size() - NAMED) + " more devices");
    return new PermitView(State.WAIT, Optional.empty(), until, why);
  }

  private static Instant seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}

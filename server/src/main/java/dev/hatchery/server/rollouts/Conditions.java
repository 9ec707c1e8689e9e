package dev.hatchery.server.rollouts;

import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Fit;
import dev.hatchery.core.Misfit;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.DeviceStatus;
import dev.hatchery.server.telemetry.StatusStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What keeps a slot of a device from what it is ordered, apart from any rollout's gates: each
 * condition that is not met, its value, and since or until when that is so.
 */
final class Conditions {
  // A device that is heard of in its usual time is not silent yet when one report is late.
  private static final int LATE_REPORTS = 3;

  private final Board board;
  private final StatusStore statuses;
  private final ReleaseStore releases;
  private final Deltas deltas;
  private final Rollouts rollouts;
  private final InstantSource clock;

  Conditions(
      Board board,
      StatusStore statuses,
      ReleaseStore releases,
      Deltas deltas,
      Rollouts rollouts,
      InstantSource clock) {
    this.board = board;
    this.statuses = statuses;
    this.releases = releases;
    this.deltas = deltas;
    this.rollouts = rollouts;
    this.clock = clock;
  }

  /** In plain words; none where all are met. */
  List<String> unmet(Device device, Name slot, Order order) {
    Optional<DeviceStatus> status = statuses.find(device.id());
    Optional<SlotStatus> said = status.flatMap(s -> Optional.ofNullable(s.slots().get(slot)));
    List<String> lines = new ArrayList<>();
    heard(device, status).ifPresent(lines::add);
    accepted(device, status).ifPresent(lines::add);
    Optional<Digest> held = said.flatMap(order.shadow() ? SlotStatus::shadow : SlotStatus::current);
    boolean has = held.equals(Optional.of(order.manifest()));
    if (!has) {
      releases.find(order.manifest()).ifPresent(r -> lines.addAll(fits(device, slot, r)));
      lines.addAll(times(device, order.delivery()));
      status.ifPresent(s -> said.flatMap(own -> waits(own, s)).ifPresent(lines::add));
    }
    leftOut(device, slot).ifPresent(lines::add);
    return lines.stream().map(line -> "unmet: " + line).toList();
  }

  private Optional<String> heard(Device device, Optional<DeviceStatus> status) {
    if (status.isEmpty()) return Optional.of("it was never heard of; it enrolled at " + at(device));
    Instant last = status.get().lastSeen();
    Duration unheard = Duration.between(last, now());
    Duration late = rollouts.of(device.id()).multipliedBy(LATE_REPORTS);
    return unheard.compareTo(late) < 0
        ? Optional.empty()
        : Optional.of("silent for " + time(unheard) + ", since " + seconds(last));
  }

  private Optional<String> accepted(Device device, Optional<DeviceStatus> status) {
    long held = status.map(DeviceStatus::counter).orElse(0L);
    return board
        .desired(device.id())
        .filter(desired -> desired.counter() != held)
        .map(
            desired ->
                "it holds desired state "
                    + held
                    + ", and should hold "
                    + desired.counter()
                    + ", since "
                    + seconds(desired.issuedAt()));
  }

  private List<String> fits(Device device, Name slot, Release release) {
    List<String> lines = new ArrayList<>();
    misfit(device, release).ifPresent(lines::add);
    DataSize free = device.facts().platform().diskFree();
    long needed =
        deltas.lacks(device.id(), slot, release).stream().mapToLong(l -> l.file().size()).sum();
    if (free.bytes() > 0 && free.bytes() < needed) {
      lines.add(
          free
              + " of its disk were free when its agent started, "
              + new DataSize(needed)
              + " needed");
    }
    return lines;
  }

  private static Optional<String> misfit(Device device, Release release) {
    Compatibility asked = release.manifest().compatibility();
    Fit fit = asked.fit(device.facts());
    if (fit.misfits().isEmpty()) return Optional.empty();
    String what = fit.misfits().stream().map(Misfit::toString).collect(Collectors.joining("; "));
    boolean cannot = fit instanceof Fit.Unfit;
    String verb = cannot ? "it cannot run " : "it does not say whether it can run ";
    return Optional.of(verb + release.id() + ": " + what);
  }

  private List<String> times(Device device, Delivery delivery) {
    List<String> lines = new ArrayList<>();
    if (delivery.unmeteredOnly() && device.labels().metered()) {
      lines.add("only unmetered links may be used, and its link is metered");
    }
    early(delivery.stageFrom(), "fetched").ifPresent(lines::add);
    early(delivery.activateFrom(), "put to use").ifPresent(lines::add);
    shut(device, delivery.stageWindow(), "fetched").ifPresent(lines::add);
    shut(device, delivery.activateWindow(), "put to use").ifPresent(lines::add);
    return lines;
  }

  private Optional<String> early(Optional<Instant> from, String what) {
    return from.filter(now()::isBefore).map(at -> "it is " + what + " from " + at + " on");
  }

  private Optional<String> shut(Device device, Optional<DailyWindow> window, String what) {
    if (window.isEmpty()) return Optional.empty();
    try {
      ZonedDateTime here = now().atZone(device.labels().zone());
      if (window.get().open(here)) return Optional.empty();
      ZonedDateTime opens = window.get().opensAfter(here);
      return Optional.of(
          "it is "
              + what
              + " in "
              + window.get()
              + " "
              + here.getZone()
              + ", which is shut until "
              + seconds(opens.toInstant()));
    } catch (Refusal zone) {
      return Optional.of(zone.problem().line());
    }
  }

  // A clock that is not confirmed, a lease, a failed download: the device itself knows best.
  private static Optional<String> waits(SlotStatus own, DeviceStatus status) {
    boolean busy =
        switch (own.state()) {
          case ACCEPTED, FETCHING, VERIFIED, TRIAL, SHADOWING -> true;
          case IDLE, CONFIRMED, SHADOWED, ROLLING_BACK, ROLLED_BACK, FAILED -> false;
        };
    return busy && !own.detail().isEmpty()
        ? Optional.of("it says: " + own.detail() + " (heard at " + seconds(status.lastSeen()) + ")")
        : Optional.empty();
  }

  private Optional<String> leftOut(Device device, Name slot) {
    return rollouts.live().stream()
        .map(Stored::rollout)
        .filter(r -> r.phase().active() && r.spec().slot().equals(slot))
        .filter(r -> device.follows(slot, r.spec().channel()))
        .filter(r -> !r.fleet().contains(device.id()))
        .map(r -> "rollout " + r.id() + " leaves it out: " + why(device, r))
        .findFirst();
  }

  private String why(Device device, Rollout rollout) {
    if (!rollout.spec().selector().matches(device.labels())) {
      return "its selector " + rollout.spec().selector() + " does not take it";
    }
    if (!LateJoiners.takes(rollout, device)) {
      return "it was relabelled while that ran, at " + seconds(device.labelling().changedAt());
    }
    Digest target = rollout.target();
    return releases
        .find(target)
        .flatMap(release -> misfit(device, release))
        .orElse("it was pinned when that was planned, or came too late for it");
  }

  private static Instant at(Device device) {
    return seconds(device.enrolledAt());
  }

  private static Instant seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }

  private static String time(Duration duration) {
    return Durations.format(duration.truncatedTo(ChronoUnit.SECONDS));
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}

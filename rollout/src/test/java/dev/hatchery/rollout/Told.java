package dev.hatchery.rollout;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Readings;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What a device tells, put together part by part. */
final class Told {
  private final DeviceId device;
  private final Instant at;
  private String boot = "boot-1";
  private SlotStatus status;
  private final List<Event> events = new ArrayList<>();
  private final List<Window> windows = new ArrayList<>();

  private Told(DeviceId device, Instant at, SlotStatus status) {
    this.device = device;
    this.at = at;
    this.status = status;
  }

  static SlotStatus status(
      State state, String command, Digest current, Optional<Digest> running, Optional<Code> why) {
    return new SlotStatus(
        state,
        Optional.of(command),
        Optional.of(current),
        Optional.of(Specs.OLD),
        running,
        SlotStatus.Proof.ECHOED,
        why,
        "",
        Traffic.NONE);
  }

  static Told by(DeviceId device, Instant at, SlotStatus status) {
    return new Told(device, at, status);
  }

  /** It runs this bundle, proved, under this order. */
  static Told proof(DeviceId device, Instant at, String command, Digest bundle) {
    return by(
        device,
        at,
        status(State.CONFIRMED, command, bundle, Optional.of(bundle), Optional.empty()));
  }

  /** It is on its way, still on the bundle before. */
  static Told underWay(DeviceId device, Instant at, String command) {
    return by(
        device,
        at,
        status(State.FETCHING, command, Specs.OLD, Optional.of(Specs.OLD), Optional.empty()));
  }

  /** It runs the target as a shadow, proved, under this order, and serves what it served. */
  static Told shadow(DeviceId device, Instant at, String command) {
    return by(
            device,
            at,
            status(State.SHADOWED, command, Specs.OLD, Optional.of(Specs.OLD), Optional.empty()))
        .beside(Optional.of(Specs.NEW));
  }

  Told beside(Optional<Digest> shadow) {
    return status(status.state(), status.running(), shadow);
  }

  Told running(Optional<Digest> running) {
    return status(status.state(), running, status.shadow());
  }

  Told state(State state) {
    return status(state, status.running(), status.shadow());
  }

  private Told status(State state, Optional<Digest> running, Optional<Digest> shadow) {
    status =
        new SlotStatus(
            state,
            status.commandId(),
            status.current(),
            status.lkg(),
            status.previous(),
            running,
            status.proof(),
            status.reason(),
            status.detail(),
            status.traffic(),
            status.pinned(),
            shadow);
    return this;
  }

  /** The same, of another device. */
  Told from(DeviceId other, Instant when) {
    return by(other, when, status);
  }

  /** All its windows until now are of a shadow. */
  Told asShadow() {
    windows.replaceAll(Window::asShadow);
    return this;
  }

  /** It switched and went back by itself. */
  static Told wentBack(DeviceId device, Instant at, String command, Code why) {
    return by(
        device,
        at,
        status(State.ROLLED_BACK, command, Specs.OLD, Optional.of(Specs.OLD), Optional.of(why)));
  }

  /** It never switched. */
  static Told failed(DeviceId device, Instant at, String command, Code why) {
    return by(
        device,
        at,
        status(State.FAILED, command, Specs.OLD, Optional.of(Specs.OLD), Optional.of(why)));
  }

  Told boot(String id) {
    boot = id;
    return this;
  }

  Told bytes(long downloaded) {
    return traffic(Traffic.of(Traffic.Source.FULL, downloaded));
  }

  Told traffic(Traffic traffic) {
    status =
        new SlotStatus(
            status.state(),
            status.commandId(),
            status.current(),
            status.lkg(),
            status.previous(),
            status.running(),
            status.proof(),
            status.reason(),
            status.detail(),
            traffic,
            status.pinned(),
            status.shadow());
    return this;
  }

  /** The same, with a pin at the device. */
  Told pinned(String why) {
    status =
        new SlotStatus(
            status.state(),
            status.commandId(),
            status.current(),
            status.lkg(),
            status.running(),
            status.proof(),
            status.reason(),
            status.detail(),
            status.traffic(),
            Optional.of(why));
    return this;
  }

  Told event(Event.Kind kind, String command, Optional<Code> why, Instant when) {
    events.add(
        new Event(Specs.SLOT, kind, when, command, Optional.of(Specs.NEW), why, "", Traffic.NONE));
    return this;
  }

  /** A warm window on the target that ends now. */
  Told window(Duration length, long requests, long errors, double sampleSeconds) {
    return window(Specs.NEW, true, at.minus(length), length, requests, errors, 0, sampleSeconds);
  }

  /** A warm window that ends now, with all its latencies. */
  Told measured(Digest bundle, Duration length, long errors, LatencyHistogram latency) {
    long requests = latency.total();
    windows.add(
        new Window(
            Specs.SLOT,
            bundle,
            windows.size(),
            at.minus(length),
            length,
            true,
            requests,
            requests,
            errors,
            0,
            latency,
            OptionalInt.empty()));
    return this;
  }

  Told window(
      Digest bundle,
      boolean warm,
      Instant start,
      Duration length,
      long requests,
      long errors,
      int restarts,
      double sampleSeconds) {
    OptionalInt sample =
        Double.isNaN(sampleSeconds)
            ? OptionalInt.empty()
            : OptionalInt.of(LatencyHistogram.bucketOf(sampleSeconds));
    windows.add(
        new Window(
            Specs.SLOT,
            bundle,
            windows.size(),
            start,
            length,
            warm,
            requests,
            requests,
            errors,
            restarts,
            LatencyHistogram.EMPTY,
            sample));
    return this;
  }

  /** A warm window of ten requests that read this. */
  Told reading(Metric metric, double value) {
    return readings(Map.of(metric, value), 10, true);
  }

  /** A warm window of ten requests with these bins. */
  Told bins(Name of, Bins bins) {
    return readings(new Readings(Map.of(), Map.of(of, bins)), 10, true);
  }

  Told readings(Map<Metric, Double> readings, long requests, boolean warm) {
    return readings(new Readings(readings), requests, warm);
  }

  private Told readings(Readings readings, long requests, boolean warm) {
    Duration length = Duration.ofSeconds(2);
    windows.add(
        new Window(
            Specs.SLOT,
            Specs.NEW,
            windows.size(),
            at.minus(length),
            length,
            warm,
            requests,
            requests,
            0,
            0,
            LatencyHistogram.EMPTY,
            OptionalInt.empty(),
            readings));
    return this;
  }

  Observation done() {
    return new Observation(device, at, boot, status, events, windows);
  }
}

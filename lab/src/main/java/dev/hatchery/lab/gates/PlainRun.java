package dev.hatchery.lab.gates;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One rollout under a gate as others have it, over the same devices in the same stages: a stage
 * passes when four devices in five have run the target for its soak; a gate that only reads metrics
 * sees neither crashes nor silence, so what never comes up is only noticed at the deadline.
 */
final class PlainRun {
  private static final double REPORTING = 0.8;

  private final Fleet fleet;
  private final PlainGate gate;
  private final List<Integer> order;
  private final List<Device> ordered = new ArrayList<>();
  private final int[] watched = new int[Setting.FLEET];
  private int stage;
  private long stageSince;
  private long minute;
  private long requests;

  PlainRun(Fleet fleet, PlainGate gate) {
    this.fleet = fleet;
    this.gate = gate;
    order =
        Setting.plan(fleet.seed(), Setting.MIDNIGHT).fleet().stream().map(Setting::number).toList();
  }

  Outcome untilItEnds() {
    fill();
    while (true) {
      for (Device device : ordered) live(device);
      Optional<String> why = gate.looks();
      if (why.isPresent()) return outcome(Outcome.End.ABORTED, why.get());
      if (passed()) {
        if (stage == Setting.SIZES.size() - 1) return outcome(Outcome.End.COMPLETED, "completed");
        stage++;
        stageSince = minute;
        fill();
      } else if (minute - stageSince >= Setting.SPEC.timing().maxWindow().toMinutes()) {
        return outcome(Outcome.End.HELD, "too few devices report");
      }
      minute++;
    }
  }

  private void fill() {
    for (int n = ordered.size(); n < Setting.SIZES.get(stage); n++) {
      Device device = fleet.device(order.get(n));
      device.order(fleet.startsAt() + minute);
      gate.joins(device.past());
      ordered.add(device);
    }
  }

  private void live(Device device) {
    boolean heard = device.tick(fleet.startsAt() + minute);
    if (!heard || device.state() != Device.State.ON_TARGET) return;
    Reading reading = device.measure(fleet.startsAt() + minute);
    requests += reading.requests();
    gate.takes(reading);
    watched[device.number()]++;
  }

  private boolean passed() {
    int soak = Setting.SOAK_MINUTES.get(stage);
    long soaked = ordered.stream().filter(d -> watched[d.number()] >= soak).count();
    return soaked >= REPORTING * ordered.size();
  }

  private Outcome outcome(Outcome.End end, String why) {
    return new Outcome(end, stage, requests, ordered.size(), requests, minute, why);
  }
}

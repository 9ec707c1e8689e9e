package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.lab.rehearsal.RecordedDevice;
import dev.hatchery.lab.rehearsal.Recording;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Candidate;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.wire.api.RecordedDeviceView;
import dev.hatchery.wire.api.RehearsalView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the server has on record, as the lab takes it. */
final class Recorded {
  private Recorded() {}

  static Recording of(OperatorClient client, RolloutSpec spec, RehearsalView view) {
    return new Recording(
        view.rollout(),
        spec,
        view.target(),
        view.previous().map(p -> new Rollout.Previous(p.release(), p.manifest())),
        view.seed(),
        view.at(),
        view.idle(),
        view.deltaWait(),
        view.limits(),
        view.restraints(),
        devices(client, spec));
  }

  private static List<RecordedDevice> devices(OperatorClient client, RolloutSpec spec) {
    List<RecordedDevice> devices = new ArrayList<>();
    Optional<DeviceId> after = Optional.empty();
    while (true) {
      RecordedDeviceView.Page page = client.recordedDevices(spec, after);
      page.devices().stream().map(Recorded::device).forEach(devices::add);
      if (!page.more() || page.devices().isEmpty()) return devices;
      if (devices.size() > Recording.MAX_DEVICES) {
        throw Refusal.of(Code.TOO_LARGE, "this fleet is too large to rehearse with")
            .expected("at most " + Recording.MAX_DEVICES + " devices")
            .fix("rehearse a part of it, by the selector");
      }
      after = Optional.of(page.devices().getLast().id());
    }
  }

  private static RecordedDevice device(RecordedDeviceView view) {
    return new RecordedDevice(
        new Candidate(view.id(), view.labels(), view.facts()),
        view.past()
            .map(p -> new Baseline(p.requests(), p.errors(), p.latency(), p.span()))
            .orElse(Baseline.NONE),
        view.duty().map(d -> new Duty(d.awake(), d.zone())),
        view.heard(),
        view.bytes());
  }
}

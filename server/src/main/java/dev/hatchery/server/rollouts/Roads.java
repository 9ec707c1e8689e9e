package dev.hatchery.server.rollouts;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Durations;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.deltas.Lack;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.limits.LimitStore;
import dev.hatchery.server.limits.Uplink;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.rollouts.Findings.Trouble;
import dev.hatchery.wire.api.PreflightView.Check;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Whether a release can get to a device: room on its disk, and a link that brings it in time. */
final class Roads {
  // What an agent keeps free unless its file says otherwise: the larger of 64 MiB and 5%
  // (durability reference, section 3).
  private static final DataSize LEAST_RESERVE = DataSize.mib(64);
  private static final int RESERVE_PART = 20;

  private final Deltas deltas;
  private final LimitStore limits;

  Roads(Deltas deltas, LimitStore limits) {
    this.deltas = deltas;
    this.limits = limits;
  }

  void look(Device device, RolloutSpec spec, Release release, Findings findings) {
    List<Lack> lacks = deltas.lacks(device.id(), spec.slot(), release);
    DataSize files =
        new DataSize(
            release.manifestSize()
                + lacks.stream().map(Lack::file).mapToLong(FileEntry::size).sum());
    space(device, files, patch(lacks, spec.delivery()), findings);
    link(device, spec, files, findings);
  }

  // A patch lies beside the file that is made from it, one file after the other, and none is
  // offered that is no smaller than its file. What the device keeps cached lies there already.
  private static DataSize patch(List<Lack> lacks, Delivery delivery) {
    if (delivery.deltas() == Delivery.DeltaUse.OFF) return new DataSize(0);
    return new DataSize(
        lacks.stream()
            .filter(lack -> !lack.bases().isEmpty())
            .mapToLong(lack -> lack.file().size())
            .max()
            .orElse(0));
  }

  private static void space(Device device, DataSize files, DataSize patch, Findings findings) {
    DeviceFacts.Platform platform = device.facts().platform();
    if (platform.diskFree().bytes() == 0) {
      findings.add(
          device.id(),
          new Trouble(
              Check.SPACE,
              false,
              "does not say how much of its disk is free",
              "a newer agent says it when it starts; without room the device refuses the release"));
      return;
    }
    long reserve = Math.max(LEAST_RESERVE.bytes(), platform.disk().bytes() / RESERVE_PART);
    long asked = files.bytes() + patch.bytes();
    if (platform.diskFree().bytes() - reserve >= asked) return;
    String parts =
        patch.bytes() == 0
            ? ""
            : " (" + files.human() + " and a patch of up to " + patch.human() + ")";
    findings.add(
        device.id(),
        new Trouble(
            Check.SPACE,
            true,
            "no room for " + new DataSize(asked).human() + parts + " beside its reserve",
            "free space on it; what it said is of its agent's last start"));
  }

  private void link(Device device, RolloutSpec spec, DataSize files, Findings findings) {
    if (device.labels().metered()) metered(device, spec, files, findings);
    OptionalLong rate = rate(device, spec);
    if (rate.isEmpty()) return;
    Duration takes = Duration.ofMinutes(files.bytes() / rate.getAsLong() / 60 + 1);
    Duration deadline =
        IntStream.range(0, spec.stages().size())
            .mapToObj(spec::deadline)
            .min(Duration::compareTo)
            .orElseThrow();
    if (takes.compareTo(deadline) <= 0) return;
    findings.add(
        device.id(),
        new Trouble(
            Check.LINK,
            true,
            "%s whole take %s at %s a second, longer than the %s of a stage"
                .formatted(
                    files.human(),
                    Durations.format(takes),
                    new DataSize(rate.getAsLong()).human(),
                    Durations.format(deadline)),
            "raise delivery.rate or the limits, give the stages more time, or see that it has a"
                + " delta"));
  }

  private static void metered(Device device, RolloutSpec spec, DataSize files, Findings findings) {
    findings.add(
        device.id(),
        spec.delivery().unmeteredOnly()
            ? new Trouble(
                Check.LINK,
                true,
                "link is metered, and delivery.unmeteredOnly waits for one that is not",
                "leave it out with a selector, or say unmeteredOnly: false")
            : new Trouble(
                Check.LINK,
                false,
                "link is metered, and the release is " + files.human() + " whole",
                "see the expected bytes of hatchery rollout apply --dry-run"));
  }

  private OptionalLong rate(Device device, RolloutSpec spec) {
    return Stream.of(
            spec.delivery().rate(),
            limits.current().deviceRate(),
            Uplink.of(device).limits(limits.current()).rate())
        .flatMap(Optional::stream)
        .mapToLong(DataSize::bytes)
        .min();
  }
}

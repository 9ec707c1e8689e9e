package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Limits;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * How bytes come: whoever fetches shares what its site and the server allow with all others that
 * do, in equal parts; what one leaves of its part no other takes within a step.
 */
final class Links {
  private final Limits limits;
  private final long own;
  private final Map<String, Uplink> uplinks = new HashMap<>();

  /** A site's. */
  private static final class Uplink {
    private final Limits.Site limits;
    private final ZoneId zone;
    private LocalDate day = LocalDate.MIN;
    private long spent;
    private int fetching;

    Uplink(Limits.Site limits, Optional<ZoneId> zone) {
      this.limits = limits;
      this.zone = zone.orElse(ZoneOffset.UTC);
    }

    void turn(Clocks clocks) {
      fetching = 0;
      LocalDate today = clocks.now().atZone(zone).toLocalDate();
      if (!today.equals(day)) spent = 0;
      day = today;
    }

    boolean takesOneMore() {
      return budget() > 0 && room(limits.concurrentDownloads(), fetching);
    }

    long budget() {
      return limits.dailyBudget().map(b -> b.bytes() - spent).orElse(Long.MAX_VALUE);
    }
  }

  Links(Recording recording, DataSize assumed) {
    limits = recording.limits();
    own =
        Stream.of(Optional.of(assumed), recording.spec().delivery().rate(), limits.deviceRate())
            .flatMap(Optional::stream)
            .mapToLong(DataSize::bytes)
            .min()
            .orElseThrow();
  }

  /** Lets these fetch for so long, the first ones first where not all may. */
  void flow(List<Device> fetching, Duration step, Clocks clocks) {
    if (fetching.isEmpty()) return;
    for (Uplink uplink : uplinks.values()) uplink.turn(clocks);
    List<Device> those = new ArrayList<>();
    for (Device device : fetching) {
      if (!room(limits.server().concurrentDownloads(), those.size())) break;
      Uplink uplink = uplink(device, clocks);
      if (!uplink.takesOneMore()) continue;
      uplink.fetching++;
      those.add(device);
    }
    for (Device device : those) bring(device, uplink(device, clocks), those.size(), step);
  }

  private void bring(Device device, Uplink uplink, int all, Duration step) {
    long rate = own;
    rate = Math.min(rate, part(uplink.limits.rate(), uplink.fetching));
    rate = Math.min(rate, part(limits.server().rate(), all));
    long may = Math.min(rate * step.toMillis() / 1000, uplink.budget());
    long bytes = Math.clamp(device.left(), 0, Math.max(0, may));
    device.fetched(bytes);
    uplink.spent += bytes;
  }

  private static long part(Optional<DataSize> rate, int sharers) {
    return rate.map(r -> r.bytes() / sharers).orElse(Long.MAX_VALUE);
  }

  private static boolean room(OptionalInt most, int taken) {
    return most.isEmpty() || taken < most.getAsInt();
  }

  private Uplink uplink(Device device, Clocks clocks) {
    Cast.Role role = device.role();
    Uplink known = uplinks.get(role.uplink());
    if (known != null) return known;
    Uplink uplink = new Uplink(limits.site(role.uplink()), role.zone());
    uplink.turn(clocks);
    uplinks.put(role.uplink(), uplink);
    return uplink;
  }
}

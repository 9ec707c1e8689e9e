package dev.hatchery.server.limits;

import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** By whose days and months an uplink counts: the zone of its devices. */
public final class Uplinks {
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final DeviceStore devices;
  private final LimitStore limits;

  // Replaced as a whole; one that is a minute old is as good as a new one.
  private volatile Zones zones = new Zones(Instant.MIN, Map.of());

  private record Zones(Instant at, Map<Uplink, ZoneId> byUplink) {}

  public Uplinks(DeviceStore devices, LimitStore limits) {
    this.devices = devices;
    this.limits = limits;
  }

  /**
   * The zone of its devices; of the first by id that names one, where they differ. UTC where none
   * does.
   */
  public ZoneId zone(Uplink uplink, Instant now) {
    Zones known = zones;
    boolean fresh = !now.isBefore(known.at) && now.isBefore(known.at.plus(FRESH));
    if (!fresh) {
      known = new Zones(now, looked());
      zones = known;
    }
    return known.byUplink.getOrDefault(uplink, ZoneOffset.UTC);
  }

  public LocalDate day(Uplink uplink, Instant now) {
    return now.atZone(zone(uplink, now)).toLocalDate();
  }

  public BillingMonth month(Uplink uplink, Instant now) {
    int firstDay = uplink.limits(limits.current()).firstDayOfBillingMonth();
    return BillingMonth.of(day(uplink, now), firstDay);
  }

  private Map<Uplink, ZoneId> looked() {
    List<Device> named =
        devices.all().stream()
            .filter(device -> device.labels().get(Labels.ZONE).isPresent())
            .sorted(Comparator.comparing(Device::id))
            .toList();
    Map<Uplink, ZoneId> found = new HashMap<>();
    for (Device device : named) {
      zone(device).ifPresent(zone -> found.putIfAbsent(Uplink.of(device), zone));
    }
    return found;
  }

  // A misspelt zone is none; windows, which hold on it, say so.
  private static Optional<ZoneId> zone(Device device) {
    try {
      return Optional.of(device.labels().zone());
    } catch (Refusal e) {
      return Optional.empty();
    }
  }
}

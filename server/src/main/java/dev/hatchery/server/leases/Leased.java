package dev.hatchery.server.leases;

import dev.hatchery.core.DeviceId;
import dev.hatchery.server.limits.Uplink;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The leases that live, by all that they are looked up by. */
final class Leased {
  private final Map<String, Lease> byId = new LinkedHashMap<>();
  private final Map<Holder, String> byHolder = new HashMap<>();
  private final Map<Uplink, Map<String, Lease>> byUplink = new HashMap<>();
  private int counted;

  /** Adds a lease, or replaces the one of its id. */
  void put(Lease lease) {
    remove(lease.id());
    byId.put(lease.id(), lease);
    byHolder.put(lease.ask().holder(), lease.id());
    byUplink
        .computeIfAbsent(lease.ask().uplink(), _ -> new LinkedHashMap<>())
        .put(lease.id(), lease);
    if (!lease.ask().free()) counted++;
  }

  void remove(String id) {
    Lease lease = byId.remove(id);
    if (lease == null) return;
    byHolder.remove(lease.ask().holder());
    byUplink.computeIfPresent(
        lease.ask().uplink(),
        (_, there) -> {
          there.remove(id);
          return there.isEmpty() ? null : there;
        });
    if (!lease.ask().free()) counted--;
  }

  Optional<Lease> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<Lease> of(Holder holder) {
    return Optional.ofNullable(byHolder.get(holder)).flatMap(this::find);
  }

  Collection<Lease> all() {
    return byId.values();
  }

  /** All of an uplink, also those that no limit counts. */
  Collection<Lease> of(Uplink uplink) {
    Map<String, Lease> there = byUplink.get(uplink);
    return there == null ? List.of() : there.values();
  }

  List<Lease> of(Uplink uplink, DeviceId device) {
    return of(uplink).stream().filter(l -> l.ask().holder().device().equals(device)).toList();
  }

  /** How many count against limits. */
  int counted() {
    return counted;
  }

  int counted(Uplink uplink) {
    return (int) of(uplink).stream().filter(lease -> !lease.ask().free()).count();
  }

  /** Bytes that an uplink's leases may still use, without this holder's. */
  long outstanding(Uplink uplink, Holder without) {
    return of(uplink).stream()
        .filter(lease -> !lease.ask().holder().equals(without))
        .mapToLong(Lease::outstanding)
        .sum();
  }

  List<Lease> expired(Instant now) {
    return byId.values().stream().filter(lease -> lease.expired(now)).toList();
  }
}

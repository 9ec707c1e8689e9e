package dev.hatchery.server.explain;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.server.deltas.Delta;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.deltas.Lack;
import dev.hatchery.server.deltas.Pair;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a device holds, what it lacks, and by which ways that may come, the cheapest first. */
final class FetchPlan {
  private static final int FILES_MAX = 20;

  private final ReleaseStore releases;
  private final Deltas deltas;

  FetchPlan(ReleaseStore releases, Deltas deltas) {
    this.releases = releases;
    this.deltas = deltas;
  }

  /** One way, for sorting. */
  private record Way(long bytes, String line) {}

  List<String> held(Optional<SlotStatus> status) {
    if (status.isEmpty()) return List.of("it has not said what it holds");
    Optional<Digest> current = status.get().current();
    Optional<Digest> lkg = status.get().lkg();
    if (current.isEmpty()) return List.of("it holds no release");
    String holds = "it holds " + name(current.get());
    return List.of(
        lkg.isEmpty() || lkg.equals(current)
            ? holds
            : holds + ", and " + name(lkg.get()) + " as its last known good");
  }

  private String name(Digest bundle) {
    return releases
        .find(bundle)
        .map(release -> release.id().toString())
        .orElse("a bundle that is no release of this server (" + bundle.brief() + ")");
  }

  List<String> of(Device device, Name slot, Order order, Optional<SlotStatus> status) {
    List<String> lines = new ArrayList<>();
    String how = order.shadow() ? " as a shadow" : "";
    lines.add("ordered: " + order.release() + how + ", under " + order.commandId());
    if (order.shadow() && status.flatMap(SlotStatus::shadow).equals(bundle(order))) {
      lines.add("it runs that beside what it serves: nothing to fetch");
      return lines;
    }
    if (status.flatMap(SlotStatus::current).equals(bundle(order))) {
      lines.add("it has that already: nothing to fetch");
      return lines;
    }
    if (order.reason() == Order.Reason.ROLLBACK) {
      lines.add("a rollback: from its own disk where it can, at once, whatever the limits");
    }
    Optional<Release> target = releases.find(order.manifest());
    target.ifPresent(release -> lines.addAll(files(device, slot, order, release)));
    return lines;
  }

  private static Optional<Digest> bundle(Order order) {
    return Optional.of(order.manifest());
  }

  private List<String> files(Device device, Name slot, Order order, Release target) {
    List<Lack> lacks = deltas.lacks(device.id(), slot, target);
    List<String> lines = new ArrayList<>();
    long size = lacks.stream().mapToLong(lack -> lack.file().size()).sum();
    int here = target.manifest().files().size() - lacks.size();
    long saved = target.manifest().totalSize().bytes() - size;
    if (here > 0) lines.add("already here: " + files(here) + ", " + human(saved));
    Optional<String> site = device.labels().get(Labels.SITE);
    if (order.delivery().peers() && site.isPresent()) {
      lines.add("first from devices of site " + site.get() + ", where one has the file already");
    }
    long least = 0;
    for (Lack lack : lacks) {
      List<Way> ways = ways(order, target, lack);
      least += ways.getFirst().bytes;
      if (lines.size() >= FILES_MAX) continue;
      String each = ways.stream().map(Way::line).collect(Collectors.joining("; else "));
      lines.add(lack.file().path() + ": " + each);
      lines.addAll(missing(order, target, lack));
    }
    lines.add("expected over the uplink: " + human(least) + " of " + human(size));
    return lines;
  }

  private List<Way> ways(Order order, Release target, Lack lack) {
    List<Way> ways = new ArrayList<>();
    if (order.delivery().deltas() != Delivery.DeltaUse.OFF) {
      for (Lack.Base base : lack.bases()) {
        ready(target, lack, Optional.of(base.file().sha256()))
            .ifPresent(
                size ->
                    ways.add(
                        new Way(
                            size,
                            "delta from "
                                + base.file().path()
                                + " of "
                                + base.release()
                                + ", "
                                + human(size))));
      }
      ready(target, lack, Optional.empty())
          .ifPresent(size -> ways.add(new Way(size, "compressed, " + human(size))));
    }
    ways.sort((a, b) -> Long.compare(a.bytes, b.bytes));
    long size = lack.file().size();
    if (order.delivery().deltas() != Delivery.DeltaUse.REQUIRE) {
      ways.add(new Way(size, "the whole file, " + human(size)));
    } else if (ways.isEmpty()) {
      ways.add(
          new Way(size, "nothing, since only a delta may be used (whole: " + human(size) + ")"));
    }
    return ways;
  }

  private Optional<Long> ready(Release target, Lack lack, Optional<Digest> base) {
    return deltas
        .find(pair(target, lack, base))
        .map(Delta::state)
        .filter(Delta.Ready.class::isInstance)
        .map(state -> ((Delta.Ready) state).size());
  }

  private static Pair pair(Release target, Lack lack, Optional<Digest> base) {
    return new Pair(target.id().name(), lack.file().sha256(), base);
  }

  // Why there is no patch where one might be looked for.
  private List<String> missing(Order order, Release target, Lack lack) {
    if (order.delivery().deltas() == Delivery.DeltaUse.OFF) return List.of();
    List<String> lines = new ArrayList<>();
    for (Lack.Base base : lack.bases()) {
      why(deltas.find(pair(target, lack, Optional.of(base.file().sha256()))))
          .ifPresent(why -> lines.add("  from " + base.release() + ": " + why));
    }
    why(deltas.find(pair(target, lack, Optional.empty())))
        .ifPresent(why -> lines.add("  compressed: " + why));
    return lines;
  }

  private static Optional<String> why(Optional<Delta> delta) {
    if (delta.isEmpty()) return Optional.empty();
    return switch (delta.get().state()) {
      case Delta.Ready _ -> Optional.empty();
      case Delta.Pending() -> Optional.of("is being made");
      case Delta.Refused(boolean _, String reason) -> Optional.of("is not offered: " + reason);
    };
  }

  static List<String> said(SlotStatus status, Instant at) {
    Traffic traffic = status.traffic();
    String cost =
        traffic.total() == 0 && traffic.resumed() == 0
            ? ""
            : "; so far "
                + human(traffic.full())
                + " whole, "
                + human(traffic.delta())
                + " as deltas, "
                + human(traffic.peer())
                + " from peers, "
                + human(traffic.resumed())
                + " resumed";
    return List.of(
        "last said at "
            + at.truncatedTo(ChronoUnit.SECONDS)
            + ": "
            + status.state().name().toLowerCase(Locale.ROOT).replace('_', ' ')
            + status.reason().map(code -> " (" + code + ")").orElse("")
            + (status.detail().isEmpty() ? "" : ": " + status.detail())
            + cost);
  }

  private static String files(int n) {
    return n == 1 ? "1 file" : n + " files";
  }

  private static String human(long bytes) {
    return new DataSize(bytes).human();
  }
}

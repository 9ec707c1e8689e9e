package dev.hatchery.server.telemetry;

import dev.hatchery.core.Bins;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Readings;
import dev.hatchery.core.Spread;
import dev.hatchery.core.Window;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * What each device's warm windows have said under each bundle, summed up: its own past, with which
 * it is compared after a switch. Times are the server's: a device whose clock jumps cannot make its
 * past look longer than it was.
 */
public final class BaselineStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(16);

  // Every bucket of every metric that a row may keep.
  private static final DataSize READINGS_MAX = DataSize.mib(4);

  /** A device that makes up names must not fill the table: the first so many are kept. */
  private static final int METRICS_MAX = Readings.MAX;

  /**
   * A sum.
   *
   * @param first when the first window began, at the latest
   * @param last when the last window had ended
   */
  public record Sum(
      long requests,
      long errors,
      LatencyHistogram latency,
      Map<Metric, Spread> readings,
      Map<Name, Bins> bins,
      Instant first,
      Instant last) {
    private static Sum of(Window window, Instant receivedAt) {
      return new Sum(
          window.requests(),
          window.errors(),
          window.latency(),
          spreads(window.readings()),
          window.readings().bins(),
          receivedAt.minus(window.length()),
          receivedAt);
    }

    private Sum plus(Sum other) {
      return new Sum(
          requests + other.requests,
          errors + other.errors,
          latency.plus(other.latency),
          both(readings, other.readings),
          bins(bins, other.bins),
          first.isBefore(other.first) ? first : other.first,
          last.isAfter(other.last) ? last : other.last);
    }

    private static Map<Metric, Spread> spreads(Readings readings) {
      Map<Metric, Spread> spreads = new TreeMap<>();
      readings.values().forEach((metric, value) -> spreads.put(metric, Spread.of(value)));
      return spreads;
    }

    private static Map<Name, Bins> bins(Map<Name, Bins> added, Map<Name, Bins> known) {
      Map<Name, Bins> sum = new TreeMap<>(known);
      added.forEach(
          (name, more) -> {
            if (sum.containsKey(name) || sum.size() < Readings.BINS_MAX) {
              sum.merge(name, more, Bins::plus);
            }
          });
      return sum;
    }

    private static Map<Metric, Spread> both(Map<Metric, Spread> added, Map<Metric, Spread> known) {
      Map<Metric, Spread> sum = new TreeMap<>(known);
      added.forEach(
          (metric, spread) -> {
            if (sum.containsKey(metric) || sum.size() < METRICS_MAX) {
              sum.merge(metric, spread, Spread::plus);
            }
          });
      return sum;
    }
  }

  private record Key(Name slot, Digest bundle) {}

  private BaselineStore() {}

  public static Optional<Sum> find(Rows rows, DeviceId device, Name slot, Digest bundle) {
    return rows.one(
        "SELECT * FROM baseline WHERE device = ? AND slot = ? AND bundle = ?",
        BaselineStore::sum,
        device,
        slot,
        bundle);
  }

  /** Forgets a device's past under the bundles that are asked for. */
  static void forget(Tx tx, DeviceId device, BiPredicate<Name, Digest> which) {
    List<Key> keys =
        tx.list(
            "SELECT slot, bundle FROM baseline WHERE device = ?",
            row -> new Key(new Name(row.text("slot")), Digest.parse(row.text("bundle"))),
            device);
    for (Key key : keys) {
      if (!which.test(key.slot, key.bundle)) continue;
      tx.run(
          "DELETE FROM baseline WHERE device = ? AND slot = ? AND bundle = ?",
          device,
          key.slot,
          key.bundle);
    }
  }

  /** Adds what warm windows say, one row for each bundle. */
  static void add(Tx tx, DeviceId device, List<Window> windows, Instant receivedAt) {
    Map<Key, Sum> sums = new LinkedHashMap<>();
    for (Window window : windows) {
      // What a shadow did, nobody was served: it is no past of the bundle.
      if (!window.warm() || window.requests() == 0 || window.shadow()) continue;
      sums.merge(new Key(window.slot(), window.bundle()), Sum.of(window, receivedAt), Sum::plus);
    }
    sums.forEach((key, sum) -> add(tx, device, key, sum));
  }

  private static void add(Tx tx, DeviceId device, Key key, Sum added) {
    Sum sum = find(tx, device, key.slot, key.bundle).map(added::plus).orElse(added);
    tx.run(
        "INSERT INTO baseline (device, slot, bundle, requests, errors, latency, readings, bins,"
            + " first, last) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, slot,"
            + " bundle) DO UPDATE SET requests = excluded.requests, errors = excluded.errors,"
            + " latency = excluded.latency, readings = excluded.readings, bins = excluded.bins,"
            + " first = excluded.first, last = excluded.last",
        device,
        key.slot,
        key.bundle,
        sum.requests,
        sum.errors,
        new String(Wire.LATENCY.bytes(sum.latency), StandardCharsets.UTF_8),
        new String(Wire.SPREADS.bytes(sum.readings), StandardCharsets.UTF_8),
        new String(Wire.BINS.bytes(sum.bins), StandardCharsets.UTF_8),
        sum.first,
        sum.last);
  }

  private static Sum sum(Row row) {
    byte[] latency = row.text("latency").getBytes(StandardCharsets.UTF_8);
    byte[] bins = row.text("bins").getBytes(StandardCharsets.UTF_8);
    byte[] readings = row.text("readings").getBytes(StandardCharsets.UTF_8);
    return new Sum(
        row.integer("requests"),
        row.integer("errors"),
        Wire.LATENCY.parse(latency, COLUMN_MAX, "stored latency"),
        Wire.SPREADS.parse(readings, READINGS_MAX, "stored readings"),
        Wire.BINS.parse(bins, COLUMN_MAX, "stored bins"),
        row.at("first"),
        row.at("last"));
  }
}

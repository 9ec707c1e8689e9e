package dev.hatchery.server.telemetry;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Name;
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
import java.util.function.BiPredicate;

/**
 * What each device's warm windows have said under each bundle, summed up: its own past, with which
 * it is compared after a switch. Times are the server's: a device whose clock jumps cannot make its
 * past look longer than it was.
 */
public final class BaselineStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(16);

  /**
   * A sum.
   *
   * @param first when the first window began, at the latest
   * @param last when the last window had ended
   */
  public record Sum(
      long requests, long errors, LatencyHistogram latency, Instant first, Instant last) {
    private static Sum of(Window window, Instant receivedAt) {
      return new Sum(
          window.requests(),
          window.errors(),
          window.latency(),
          receivedAt.minus(window.length()),
          receivedAt);
    }

    private Sum plus(Sum other) {
      return new Sum(
          requests + other.requests,
          errors + other.errors,
          latency.plus(other.latency),
          first.isBefore(other.first) ? first : other.first,
          last.isAfter(other.last) ? last : other.last);
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
      if (!window.warm() || window.requests() == 0) continue;
      sums.merge(new Key(window.slot(), window.bundle()), Sum.of(window, receivedAt), Sum::plus);
    }
    sums.forEach((key, sum) -> add(tx, device, key, sum));
  }

  private static void add(Tx tx, DeviceId device, Key key, Sum added) {
    Sum sum = find(tx, device, key.slot, key.bundle).map(added::plus).orElse(added);
    tx.run(
        "INSERT INTO baseline (device, slot, bundle, requests, errors, latency, first, last)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, slot, bundle) DO UPDATE SET"
            + " requests = excluded.requests, errors = excluded.errors,"
            + " latency = excluded.latency, first = excluded.first, last = excluded.last",
        device,
        key.slot,
        key.bundle,
        sum.requests,
        sum.errors,
        new String(Wire.LATENCY.bytes(sum.latency), StandardCharsets.UTF_8),
        sum.first,
        sum.last);
  }

  private static Sum sum(Row row) {
    byte[] latency = row.text("latency").getBytes(StandardCharsets.UTF_8);
    return new Sum(
        row.integer("requests"),
        row.integer("errors"),
        Wire.LATENCY.parse(latency, COLUMN_MAX, "stored latency"),
        row.at("first"),
        row.at("last"));
  }
}

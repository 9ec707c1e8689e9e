package dev.hatchery.server.telemetry;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Report;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reports as rows, numbered in the order in which they were committed. */
public final class ReportStore {
  /**
   * A row.
   *
   * @param id rises without end and is never used twice
   * @param hash of the bytes that the device signed
   */
  public record Numbered(long id, DeviceId device, Instant receivedAt, Digest hash, Bytes payload) {
    /** Parsed only when somebody wants to know what it says. */
    public Report report() {
      return Wire.REPORT.parse(payload.toArray(), Report.MAX_SIZE, "stored report");
    }
  }

  private ReportStore() {}

  /** The reports after this number, oldest first. */
  public static List<Numbered> after(Rows rows, long id, int limit) {
    return rows.list(
        "SELECT id, device, received_at, hash, payload FROM report WHERE id > ?"
            + " ORDER BY id LIMIT ?",
        row ->
            new Numbered(
                row.integer("id"),
                new DeviceId(row.text("device")),
                row.at("received_at"),
                Digest.parse(row.text("hash")),
                Bytes.of(row.blob("payload"))),
        id,
        limit);
  }

  /** The number of the newest report; 0 before the first. */
  public static long newest(Rows rows) {
    return rows.number("SELECT coalesce(max(id), 0) AS n FROM report");
  }

  /**
   * Forgets reports that came before this time and that no rollout has still to count.
   *
   * @param counted every active rollout has counted the reports up to this number
   */
  public static int prune(Tx tx, Instant before, long counted) {
    return tx.run("DELETE FROM report WHERE received_at < ? AND id <= ?", before, counted);
  }

  static Optional<Digest> hash(Rows rows, DeviceId device, long seq) {
    return rows.one(
        "SELECT hash FROM report WHERE device = ? AND seq = ?",
        row -> Digest.parse(row.text("hash")),
        device,
        seq);
  }

  static void add(Tx tx, Signed signed, Instant receivedAt) {
    Report report = signed.report();
    tx.run(
        "INSERT INTO report (device, seq, boot_id, received_at, hash, payload, signature)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        report.device(),
        report.seq(),
        report.bootId(),
        receivedAt,
        signed.hash(),
        signed.payload(),
        signed.signature());
  }
}

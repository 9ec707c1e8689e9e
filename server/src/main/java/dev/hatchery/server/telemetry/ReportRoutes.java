package dev.hatchery.server.telemetry;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.bytes.Accounts;
import dev.hatchery.server.changes.ChangeStore;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.orders.Pace;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.trust.Director;
import dev.hatchery.server.trust.TrustStore;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.ReportBatch;
import dev.hatchery.wire.Wire;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/** {@code POST /device/v1/reports}. */
public final class ReportRoutes {
  private static final DataSize BATCH_MAX = DataSize.mib(6);

  private final Parts parts;
  private final Intake intake;

  /**
   * What the route works with.
   *
   * @param taken hears how many reports were taken, after they are on disk
   * @param signatures how devices sign
   */
  public record Parts(
      Db db,
      DeviceStore devices,
      StatusStore statuses,
      ReleaseStore releases,
      AuditLog audit,
      Accounts accounts,
      ChangeStore changes,
      TrustStore trust,
      Director director,
      Board board,
      Pace pace,
      IntConsumer taken,
      Signatures signatures,
      InstantSource clock) {}

  public ReportRoutes(Parts parts) {
    this.parts = parts;
    this.intake =
        new Intake(
            parts.devices,
            parts.statuses,
            parts.releases,
            parts.audit,
            parts.accounts,
            new ChangeWatch(parts.changes, parts.releases, parts.audit),
            parts.pace);
  }

  public List<Route> routes() {
    return List.of(
        new Route(Method.POST, "/device/v1/reports", Access.DEVICE, BATCH_MAX, this::reports));
  }

  private Answer reports(Exchange exchange) {
    var id = ((Caller.Device) exchange.caller()).id();
    Device device =
        parts
            .devices
            .find(id)
            .orElseThrow(() -> Refusal.of(Code.UNAUTHENTICATED, "this device is not enrolled"));
    ReportBatch batch = Wire.REPORT_BATCH.parse(exchange.body(), BATCH_MAX, "request body");
    List<Signed> reports =
        batch.reports().stream().map(e -> Signed.verify(e, device, parts.signatures)).toList();
    Instant now = Instant.ofEpochMilli(parts.clock.millis());
    long acknowledged = parts.db.write(tx -> intake.take(tx, device, reports, now));
    parts.taken.accept(reports.size());
    return Answer.json(
        Wire.REPORT_ANSWER,
        new ReportAnswer(
            acknowledged,
            parts.pace.of(id),
            parts.director.sign(heartbeat(device, batch.nonce()))));
  }

  private Heartbeat heartbeat(Device device, String nonce) {
    Instant now = Instant.ofEpochMilli(parts.clock.millis());
    Optional<DesiredState> desired = parts.board.desired(device.id());
    return new Heartbeat(
        nonce,
        now,
        desired.map(DesiredState::keyset).orElseGet(() -> parts.trust.require().version()),
        desired.map(DesiredState::counter).orElse(0L));
  }
}

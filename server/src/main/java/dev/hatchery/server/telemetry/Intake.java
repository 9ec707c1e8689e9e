package dev.hatchery.server.telemetry;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Report;
import dev.hatchery.core.Window;
import dev.hatchery.rollout.Heard;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.bytes.Accounts;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.orders.Pace;
import dev.hatchery.server.releases.ReleaseStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes reports, each once. */
final class Intake {
  private static final Log LOG = Log.of(Intake.class);

  /** As many may be missing before a device is taken to be away. */
  private static final int LATE_REPORTS = 3;

  private final DeviceStore devices;
  private final StatusStore statuses;
  private final ReleaseStore releases;
  private final AuditLog audit;
  private final Accounts accounts;
  private final ChangeWatch watch;
  private final Pace pace;

  Intake(
      DeviceStore devices,
      StatusStore statuses,
      ReleaseStore releases,
      AuditLog audit,
      Accounts accounts,
      ChangeWatch watch,
      Pace pace) {
    this.watch = watch;
    this.pace = pace;
    this.accounts = accounts;
    this.releases = releases;
    this.devices = devices;
    this.statuses = statuses;
    this.audit = audit;
  }

  /**
   * Takes a batch in one transaction.
   *
   * @return the number of the last report of this device that is on disk; 0 when there is none
   */
  long take(Tx tx, Device device, List<Signed> batch, Instant now) {
    Optional<DeviceStatus> status = statuses.find(tx, device.id());
    for (int i = 0; i < batch.size(); i++) {
      Instant at = moment(now, batch.size() - 1 - i, status);
      status = Optional.of(take(tx, device, batch.get(i), status.orElse(null), at));
    }
    status.ifPresent(s -> statuses.save(tx, device.id(), s));
    return status.map(DeviceStatus::seq).orElse(0L);
  }

  // No two reports of a device come at the same moment, so that there is always a newest one.
  private static Instant moment(Instant now, int before, Optional<DeviceStatus> last) {
    Instant at = now.minusMillis(before);
    Instant earliest = last.map(status -> status.lastSeen().plusMillis(1)).orElse(at);
    return at.isBefore(earliest) ? earliest : at;
  }

  private DeviceStatus take(
      Tx tx, Device device, Signed signed, @Nullable DeviceStatus before, Instant now) {
    Report report = signed.report();
    if (before != null && report.seq() <= before.seq()) return again(tx, signed, before, now);
    ReportStore.add(tx, signed, now);
    // As this batch has changed them; few reports tell any.
    DeviceFacts known =
        report.facts().isEmpty()
            ? device.facts()
            : devices.find(tx, report.device()).map(Device::facts).orElse(device.facts());
    boolean below = watch.look(tx, report, known, before, now).contains(Pipeline.FIRMWARE);
    // A model's past on another stack is none, and this report's windows may be of either.
    if (below) BaselineStore.forget(tx, report.device(), this::ofModel);
    BaselineStore.add(tx, report.device(), ofReleases(report, below), now);
    accounts.count(tx, device, report, now);
    report
        .facts()
        .filter(facts -> !facts.equals(known))
        .ifPresent(facts -> devices.learn(tx, report.device(), facts));
    tx.afterCommit(() -> tell(report));
    String flagged = flag(tx, signed, before);
    return new DeviceStatus(
        now,
        report.seq(),
        signed.hash(),
        report.bootId(),
        flagged,
        report.desiredCounter(),
        report.slots(),
        heard(report.device(), before, now));
  }

  // One that is late by no more than devices may be was not away in the meantime, however seldom it
  // is to be heard of.
  private Heard heard(DeviceId device, @Nullable DeviceStatus before, Instant now) {
    if (before == null) return Heard.NEVER.during(now, now);
    Instant late = before.lastSeen().plus(pace.of(device).multipliedBy(LATE_REPORTS));
    return before.heard().during(now.isAfter(late) ? now : before.lastSeen(), now);
  }

  // Only what was released has a past: a device cannot fill the table with bundles it made up.
  private List<Window> ofReleases(Report report, boolean below) {
    return report.windows().stream()
        .filter(window -> releases.find(window.bundle()).isPresent())
        .filter(window -> !below || !ofModel(window.slot(), window.bundle()))
        .toList();
  }

  private boolean ofModel(Name slot, Digest bundle) {
    return watch.pipeline(slot, bundle) == Pipeline.MODEL;
  }

  // A report that came before: its answer was lost, or it is a replay. It counts no second time.
  private DeviceStatus again(Tx tx, Signed signed, DeviceStatus before, Instant now) {
    Report report = signed.report();
    Optional<Digest> known = ReportStore.hash(tx, report.device(), report.seq());
    boolean other = known.filter(hash -> !hash.equals(signed.hash())).isPresent();
    String flagged = before.flaggedBoot();
    if (other && !flagged.equals(report.bootId())) {
      flagged = report.bootId();
      record(
          tx,
          report.device(),
          "device.equivocation",
          "two different reports have the number " + report.seq() + ": a clone, or lost state");
    }
    return new DeviceStatus(
        now,
        before.seq(),
        before.hash(),
        before.bootId(),
        flagged,
        before.counter(),
        before.slots(),
        heard(report.device(), before, now));
  }

  // Once per boot: a device that is broken for good must not fill the record.
  private String flag(Tx tx, Signed signed, @Nullable DeviceStatus before) {
    Report report = signed.report();
    String flagged = before == null ? "" : before.flaggedBoot();
    long expected = before == null ? 1 : before.seq() + 1;
    Optional<Digest> chained = Optional.ofNullable(before).map(DeviceStatus::hash);
    String what = "";
    if (report.seq() != expected) {
      what = "reports are missing: expected number " + expected + ", got " + report.seq();
    } else if (!report.prevHash().equals(chained)) {
      what = "report " + report.seq() + " does not follow the one before it";
    }
    if (what.isEmpty() || flagged.equals(report.bootId())) return flagged;
    record(tx, report.device(), "device.gap", what);
    return report.bootId();
  }

  private void record(Tx tx, DeviceId device, String action, String detail) {
    audit.append(tx, "server", action, device, detail);
    tx.afterCommit(() -> LOG.warn(action, "device", device, "what", detail));
  }

  private static void tell(Report report) {
    for (Event event : report.events()) {
      boolean worthTelling =
          switch (event.kind()) {
            case CONFIRMED, SHADOWED, ROLLED_BACK, FAILED, REPAIRED -> true;
            // With a reason it did not come by the cheapest way.
            case FETCHED -> event.reason().isPresent();
            case ACCEPTED, VERIFIED, TRIAL, SERVICE_RESTARTED -> false;
          };
      if (worthTelling) tell(report.device(), event);
    }
  }

  private static void tell(DeviceId device, Event event) {
    LOG.info(
        "device." + event.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
        "device",
        device,
        "slot",
        event.slot(),
        "command",
        event.commandId(),
        "reason",
        event.reason().map(Enum::name).orElse(""),
        "detail",
        event.detail());
  }
}

package dev.hatchery.server.telemetry;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Report;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Stack;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.changes.Change;
import dev.hatchery.server.changes.ChangeStore;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sees in reports what has changed on a device, and puts it on record. */
final class ChangeWatch {
  private static final Log LOG = Log.of(ChangeWatch.class);

  /** A device that changes more often than this fills no record. */
  private static final int OFTEN_MAX = 16;

  private static final Duration OFTEN = Duration.ofHours(1);

  private final ChangeStore changes;
  private final ReleaseStore releases;
  private final AuditLog audit;

  ChangeWatch(ChangeStore changes, ReleaseStore releases, AuditLog audit) {
    this.changes = changes;
    this.releases = releases;
    this.audit = audit;
  }

  /**
   * Records what a report shows to be different.
   *
   * @param known the device's facts so far
   * @param before its status so far; what a device says first has changed nothing
   * @return the pipelines that have changed something
   */
  List<Pipeline> look(
      Tx tx, Report report, DeviceFacts known, @Nullable DeviceStatus before, Instant now) {
    List<Change> found = new ArrayList<>();
    report.facts().ifPresent(facts -> stack(tx, report.device(), known, facts, now, found));
    if (before != null) slots(report, before, now, found);
    found.forEach(change -> changes.add(tx, change));
    for (Pipeline pipeline : Pipeline.values()) told(tx, report.device(), pipeline, found, now);
    return found.stream().map(Change::pipeline).distinct().toList();
  }

  // What becomes known for the first time was not known to be anything else before. What was lost
  // and comes back is compared with what it was.
  private void stack(
      Tx tx, DeviceId device, DeviceFacts was, DeviceFacts is, Instant now, List<Change> found) {
    for (Stack.Change seen : Stack.of(was).changesTo(Stack.of(is))) {
      Optional<String> from =
          seen.from().isEmpty() ? changes.lost(tx, device, seen.part()) : Optional.of(seen.from());
      from.filter(value -> !value.equals(seen.to()))
          .map(value -> new Stack.Change(seen.part(), value, seen.to()))
          .ifPresent(what -> found.add(new Change(device, Pipeline.FIRMWARE, what, now)));
    }
  }

  private void slots(Report report, DeviceStatus before, Instant now, List<Change> found) {
    report
        .slots()
        .forEach(
            (slot, status) -> {
              Optional<Digest> was =
                  Optional.ofNullable(before.slots().get(slot)).flatMap(SlotStatus::current);
              boolean saidFirst = !before.slots().containsKey(slot);
              if (saidFirst || status.current().isEmpty() || status.current().equals(was)) return;
              Digest is = status.current().get();
              var what = new Stack.Change(slot.value(), was.map(this::shown).orElse(""), shown(is));
              found.add(new Change(report.device(), pipeline(slot, is), what, now));
            });
  }

  private String shown(Digest bundle) {
    return releases.find(bundle).map(Release::id).map(Object::toString).orElse(bundle.toString());
  }

  /** Whose a bundle is; of one that was never released, its slot tells. */
  Pipeline pipeline(Name slot, Digest bundle) {
    return releases
        .find(bundle)
        .map(Release::manifest)
        .map(Manifest::kind)
        .map(Manifest.Kind::pipeline)
        .orElseGet(() -> Pipeline.usual(slot));
  }

  // What Hatchery orders is on record as an order; what others do is only seen here.
  private void told(Tx tx, DeviceId device, Pipeline pipeline, List<Change> found, Instant now) {
    String what =
        found.stream()
            .filter(c -> c.pipeline() == pipeline)
            .map(c -> c.what().toString())
            .collect(Collectors.joining("; "));
    if (what.isEmpty()) return;
    boolean quiet = changes.since(device, pipeline, now.minus(OFTEN)).size() >= OFTEN_MAX;
    if (pipeline == Pipeline.FIRMWARE && !quiet) {
      audit.append(tx, "server", "device.stack", device, what);
    }
    tx.afterCommit(
        () -> LOG.info("device.changed", "device", device, "pipeline", pipeline, "what", what));
  }
}

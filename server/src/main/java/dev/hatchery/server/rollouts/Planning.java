package dev.hatchery.server.rollouts;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Candidate;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Precedence;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.bytes.MonthlyCaps;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.channels.Head;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.queries.Sources;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.ReportStore;
import dev.hatchery.server.trust.TrustStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns a spec into a rollout, or says why it cannot be one. */
final class Planning {
  private static final int NAMED_AT_MOST = 10;

  private final Sources sources;
  private final RolloutStore store;
  private final Rollouts rollouts;
  private final DeviceStore devices;
  private final Barred barred;
  private final ReleaseStore releases;
  private final TrustStore trust;
  private final MonthlyCaps caps;
  private final Costs costs;
  private final AuditLog audit;
  private final InstantSource clock;

  Planning(
      Sources sources,
      RolloutStore store,
      Rollouts rollouts,
      DeviceStore devices,
      Barred barred,
      ReleaseStore releases,
      TrustStore trust,
      MonthlyCaps caps,
      Costs costs,
      AuditLog audit,
      InstantSource clock) {
    this.sources = sources;
    this.store = store;
    this.rollouts = rollouts;
    this.devices = devices;
    this.barred = barred;
    this.releases = releases;
    this.trust = trust;
    this.caps = caps;
    this.costs = costs;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Starts a rollout. The same spec again answers what became of it, unless that was rolled back,
   * or completed and taken back since: a second try is then what is asked for.
   */
  Planned start(Tx tx, RolloutSpec spec, String actor) {
    Optional<Planned> before = standing(tx, spec);
    if (before.isPresent()) return before.get();
    Planned found = plan(tx, spec);
    Rollout planned =
        Precedence.placed(found.rollout().startedBy(actor), ofOtherPipeline(tx, found.rollout()));
    var plan = new Planned(planned, found.fit());
    // First, so that the control loop never sees the rollout without what it waits for.
    costs.prepare(tx, planned);
    rollouts.create(tx, plan);
    audit.append(
        tx,
        actor,
        "rollout.create",
        planned.id(),
        spec.release()
            + " on "
            + channel(spec)
            + ", "
            + planned.fleet().size()
            + " devices"
            + skipped(spec));
    return plan;
  }

  // Rollouts of one pipeline never want the same slot, so only the other's may be in the way. From
  // the tables: who has begun a moment ago is not to be overtaken.
  private List<Rollout> ofOtherPipeline(Tx tx, Rollout planned) {
    return store.unfinished(tx).stream()
        .map(Stored::rollout)
        .filter(r -> r.spec().lane().pipeline() != planned.spec().lane().pipeline())
        .toList();
  }

  // For the record; `hatchery explain device` tells each pin's reason.
  private String skipped(RolloutSpec spec) {
    List<String> pinned =
        devices.all().stream()
            .filter(d -> d.follows(spec.slot(), spec.channel()))
            .filter(d -> spec.selector().matches(d.labels()))
            .filter(d -> barred.pinned(d, spec.slot()))
            .map(d -> d.id().value())
            .sorted()
            .toList();
    if (pinned.isEmpty()) return "";
    int more = pinned.size() - NAMED_AT_MOST;
    return "; pinned, and left out: "
        + String.join(", ", pinned.subList(0, Math.min(NAMED_AT_MOST, pinned.size())))
        + (more > 0 ? " and " + more + " more" : "");
  }

  /** What {@link #start} would answer; nothing is changed. */
  Planned tryOut(Tx tx, RolloutSpec spec) {
    return standing(tx, spec).orElseGet(() -> plan(tx, spec));
  }

  private Optional<Planned> standing(Tx tx, RolloutSpec spec) {
    return store
        .find(tx, spec.name().value())
        .map(stored -> new Planned(stored.rollout(), stored.fit()))
        .filter(p -> p.rollout().spec().equals(spec) && stands(tx, p.rollout(), channel(spec)));
  }

  private static ChannelId channel(RolloutSpec spec) {
    return new ChannelId(spec.slot(), spec.channel());
  }

  private Planned plan(Tx tx, RolloutSpec spec) {
    sources.require(spec);
    Release release = releases.require(spec.release());
    trust.policy().ifPresent(p -> Policies.requireAllowed(p, release.manifest(), release.digest()));
    new Kinds(releases, store).require(tx, spec, release);
    requireFree(tx, channel(spec));
    return plan(tx, spec, release, channel(spec));
  }

  private static boolean stands(Tx tx, Rollout rollout, ChannelId channel) {
    return switch (rollout.phase()) {
      case RUNNING, PAUSED, ROLLING_BACK -> true;
      case ROLLED_BACK -> false;
      case COMPLETED ->
          ChannelStore.head(tx, channel)
              .filter(head -> head.release().equals(rollout.target()))
              .isPresent();
    };
  }

  private void requireFree(Tx tx, ChannelId channel) {
    store
        .unfinished(tx, channel)
        .map(Stored::rollout)
        .filter(r -> r.phase().active())
        .ifPresent(
            r -> {
              throw Refusal.of(Code.CONFLICT, "a channel has one rollout at a time")
                  .at(channel.toString())
                  .got(r.id() + " (" + r.spec().release() + ") is " + r.phase())
                  .fix("wait for it, or abort it");
            });
  }

  private Planned plan(Tx tx, RolloutSpec spec, Release release, ChannelId channel) {
    Fitting fitting =
        Fitting.of(release, asked(spec), spec.fitRule()).require(release, spec.fitRule());
    List<Device> fleet = fitting.taken();
    Set<DeviceId> ids = fleet.stream().map(Device::id).collect(Collectors.toSet());
    // Even where nothing comes of this: what is too much by whole files may fit by deltas later.
    costs.foresee(release, spec, ids);
    caps.require(tx, release, spec.slot(), spec.delivery(), fleet, clock.instant());
    String id = next(tx, spec);
    Rollout rollout =
        Engine.plan(
            id,
            spec,
            release.digest(),
            previous(tx, channel, release.digest()),
            fleet.stream().map(d -> new Candidate(d.id(), d.labels(), d.facts())).toList(),
            seed(id),
            ReportStore.newest(tx),
            Instant.ofEpochMilli(clock.millis()));
    return new Planned(rollout, fitting.fit());
  }

  /** What a rollout of this spec would be called. */
  String next(Tx tx, RolloutSpec spec) {
    return spec.name() + "-" + (store.named(tx, spec.name().value()) + 1);
  }

  /** Every device that the spec asks for, in order. */
  List<Device> asked(RolloutSpec spec) {
    return devices.all().stream()
        .filter(d -> d.follows(spec.slot(), spec.channel()))
        .filter(d -> spec.selector().matches(d.labels()))
        .filter(d -> !barred.pinned(d, spec.slot()))
        .sorted(Comparator.comparing(Device::id))
        .toList();
  }

  // A second rollout of the head, to those that the first one's selector left out, goes back to
  // what the channel named before it.
  Optional<Rollout.Previous> previous(Rows rows, ChannelId channel, Digest target) {
    return ChannelStore.head(rows, channel)
        .filter(head -> !head.release().equals(target))
        .or(() -> ChannelStore.previous(rows, channel))
        .map(Head::release)
        .map(digest -> new Rollout.Previous(releases.require(digest).id(), digest));
  }

  // Other canaries each time, but the same ones whenever this rollout is looked at. No more digits
  // than people can copy, or a browser can count.
  static long seed(String id) {
    byte[] hash = Digest.of(id.getBytes(StandardCharsets.UTF_8)).bytes();
    return Integer.toUnsignedLong(ByteBuffer.wrap(hash).getInt());
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Priority;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Action;
import dev.hatchery.rollout.Command;
import dev.hatchery.rollout.Decision;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Phase;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.orders.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rollouts: what operators and the control loop do to them. */
public final class Rollouts implements Pace {
  private static final Log LOG = Log.of(Rollouts.class);

  private final RolloutStore store;
  private final Carrier carrier;
  private final Db db;
  private final InstantSource clock;
  private final Duration idle;
  private volatile Map<DeviceId, Duration> heartbeats = Map.of(); // replaced whole

  Rollouts(RolloutStore store, Carrier carrier, Db db, InstantSource clock, Duration idle) {
    this.store = store;
    this.carrier = carrier;
    this.db = db;
    this.clock = clock;
    this.idle = idle;
    setPace();
  }

  /** Those that are not over. */
  List<Stored> live() {
    return store.live();
  }

  Optional<Stored> live(String id) {
    return store.live(id);
  }

  /** How many rollouts stand in each phase; those that are over are not counted. */
  public Map<String, Long> phases() {
    Map<String, Long> phases = new HashMap<>();
    for (Phase phase : Phase.values()) if (!phase.over()) phases.put(phase.name(), 0L);
    store.live().forEach(stored -> phases.merge(stored.rollout().phase().name(), 1L, Long::sum));
    return phases;
  }

  /** The releases that rollouts which are not over move to, or come from. */
  public Set<Digest> releases() {
    return store.live().stream()
        .map(Stored::rollout)
        .flatMap(
            r ->
                Stream.concat(
                    Stream.of(r.target()), r.previous().map(Rollout.Previous::manifest).stream()))
        .collect(Collectors.toSet());
  }

  /** Every rollout that is not over has counted the reports up to this number. */
  public long countedUpTo(long newest) {
    return store.live().stream()
        .mapToLong(stored -> stored.rollout().evidenceUpTo())
        .min()
        .orElse(newest);
  }

  /** How often to hear from a device: the shortest heartbeat of the rollouts that concern it. */
  @Override
  public Duration of(DeviceId device) {
    Duration heartbeat = heartbeats.getOrDefault(device, idle);
    return heartbeat.compareTo(idle) < 0 ? heartbeat : idle;
  }

  /**
   * Of the rollout that gave an order; normal where that is over, or the order was no rollout's.
   */
  public Priority priority(String commandId) {
    return store
        .live(commandId.substring(0, Math.max(0, commandId.lastIndexOf('/'))))
        .map(stored -> stored.rollout().spec().priority())
        .orElse(Priority.NORMAL);
  }

  /** The number of the last rollout that was planned. */
  long planned(Rows rows) {
    return store.planned(rows);
  }

  /** The stored rollout, by id or name. */
  Stored require(Rows rows, String idOrName) {
    return store
        .find(rows, idOrName)
        .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "there is no such rollout").got(idOrName));
  }

  /** An operator's action, in the caller's transaction. */
  Stored act(Tx tx, String idOrName, Action action, String actor) {
    return act(tx, require(tx, idOrName), action, actor);
  }

  Stored act(Tx tx, Stored stored, Action action, String actor) {
    Instant now = Instant.ofEpochMilli(clock.millis());
    Decision decision = Engine.act(stored.rollout(), action, now);
    Stored next =
        carrier
            .carryOut(tx, stored, decision, stored.inputs(), actor, now)
            .orElseThrow(() -> new AssertionError("the writer sees its own transaction"));
    repace(tx, stored, next);
    return next;
  }

  /** What this operator approved counts no more, wherever it is still waited for. */
  public void withdraw(Tx tx, String operator) {
    for (Stored live : store.live()) {
      Stored stored = require(tx, live.id());
      Rollout rollout = stored.rollout();
      boolean gave = rollout.consent().given().stream().anyMatch(g -> g.by().equals(operator));
      if (gave && rollout.phase().active()) {
        act(tx, stored, new Action.Withdraw(operator), "server");
      }
    }
  }

  /** The same for all who are no operators any more. */
  public void keepApprovalsOf(Set<String> operators) {
    Set<String> gone = new TreeSet<>();
    for (Stored live : store.live()) {
      live.rollout().consent().given().forEach(given -> gone.add(given.by()));
    }
    gone.removeAll(operators);
    if (gone.isEmpty()) return;
    db.write(
        tx -> {
          gone.forEach(operator -> withdraw(tx, operator));
          return gone;
        });
  }

  void create(Tx tx, Planned planned) {
    store.create(tx, planned);
    tx.afterCommit(this::setPace);
  }

  Optional<Stored> unfinished(Rows rows, ChannelId channel) {
    return store.unfinished(rows, channel);
  }

  /** The newest of a channel, if it came to nothing. */
  Optional<Rollout> takenBack(Rows rows, ChannelId channel) {
    return store
        .newest(rows, channel)
        .map(Stored::rollout)
        .filter(rollout -> rollout.phase() == Phase.ROLLED_BACK);
  }

  /**
   * The control loop's decision; false when an operator, or another server, was faster.
   *
   * @param stands whether nothing has come in the way of orders since it was made
   */
  boolean carryOut(
      Stored stored, Decision decision, Digest inputs, Instant now, Predicate<Tx> stands) {
    boolean orders =
        decision.commands().stream()
            .anyMatch(c -> c instanceof Command.Assign || c instanceof Command.Shadow);
    boolean first =
        db.write(
            tx -> {
              if (orders && !stands.test(tx)) return false;
              Optional<Stored> next = carrier.carryOut(tx, stored, decision, inputs, "server", now);
              next.ifPresent(n -> repace(tx, stored, n));
              return next.isPresent();
            });
    if (!first) catchUp(stored.id());
    return first;
  }

  /**
   * Takes up what another server on the same database has planned or decided and this one was never
   * told of: it would watch over it for ever, or not at all.
   *
   * @param before what this gave the last time; a commit of this server stands in the tables a
   *     moment before it stands in memory, so only what was behind twice is
   */
  Map<String, Long> keepUp(Map<String, Long> before) {
    Map<String, Long> behind = db.read(store::behind);
    behind.forEach(
        (id, version) -> {
          if (version.equals(before.get(id))) catchUp(id);
        });
    return behind;
  }

  // An operator of this server has left the newer state in memory; another server on the same
  // database has not, nor what it told the devices.
  private void catchUp(String id) {
    Optional<Stored> newest = db.read(rows -> store.find(rows, id));
    if (newest.isEmpty() || !store.catchUp(newest.get())) return;
    LOG.warn("rollout.other-server", "rollout", id, "version", newest.get().version());
    carrier.catchUp(db);
    setPace();
  }

  private void repace(Tx tx, Stored before, Stored next) {
    Rollout was = before.rollout();
    Rollout is = next.rollout();
    boolean others = was.phase() != is.phase() || was.fleet().size() != is.fleet().size();
    if (others) tx.afterCommit(this::setPace);
  }

  // Once a rollout is on its way back, only those that were touched are of interest.
  private void setPace() {
    Map<DeviceId, Duration> paces = new HashMap<>();
    for (Stored stored : store.live()) {
      Rollout rollout = stored.rollout();
      Duration heartbeat = rollout.spec().timing().heartbeat();
      Collection<DeviceId> concerned =
          rollout.phase().active() ? rollout.fleet() : rollout.members().keySet();
      concerned.forEach(
          device -> paces.merge(device, heartbeat, (a, b) -> a.compareTo(b) <= 0 ? a : b));
    }
    heartbeats = paces;
  }
}

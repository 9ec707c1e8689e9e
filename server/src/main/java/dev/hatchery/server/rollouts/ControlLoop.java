package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Decision;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Preparing;
import dev.hatchery.rollout.QueryAnswer;
import dev.hatchery.rollout.Restraints;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.wire.api.RestraintView;
import dev.hatchery.wire.api.VerdictView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Asks the engine about every rollout that is not over, whenever reports came in and every second,
 * since silence and deadlines are only seen by looking.
 */
public final class ControlLoop implements AutoCloseable {
  private static final Log LOG = Log.of(ControlLoop.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Reports that come in a burst are looked at together. */
  private static final Duration BETWEEN = Duration.ofMillis(100);

  /** A cursor that moved over reports of no concern is stored only now and then. */
  private static final long UNSTORED_MAX = 500;

  private final Rollouts rollouts;
  private final Costs costs;
  private final Barred barred;
  private final LateJoiners joiners;
  private final Duties duties;
  private final PlacementWatch placements;
  private final Orders orders;
  private final Function<RolloutSpec, Map<String, QueryAnswer>> queries;
  private final Db db;
  private final InstantSource clock;
  private final Instant listeningSince;
  private final Semaphore news = new Semaphore(0);
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private volatile boolean closing;
  private Map<String, Long> behind = Map.of();
  private final Thread thread;

  /**
   * What was looked at, but not stored.
   *
   * @param version of the rollout that was there after the look
   * @param upTo the last report that was looked at
   */
  private record Seen(long version, long upTo, List<VerdictView> verdicts) {}

  /**
   * A loop that has not started.
   *
   * @param queries the newest answers to a rollout's queries, at once
   * @param listeningSince since when this server takes reports
   */
  ControlLoop(
      Rollouts rollouts,
      Costs costs,
      Barred barred,
      LateJoiners joiners,
      Duties duties,
      PlacementWatch placements,
      Orders orders,
      Function<RolloutSpec, Map<String, QueryAnswer>> queries,
      Db db,
      InstantSource clock,
      Instant listeningSince) {
    this.rollouts = rollouts;
    this.costs = costs;
    this.barred = barred;
    this.joiners = joiners;
    this.duties = duties;
    this.placements = placements;
    this.orders = orders;
    this.queries = queries;
    this.db = db;
    this.clock = clock;
    this.listeningSince = listeningSince;
    this.thread = Thread.ofPlatform().name("control-loop").daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** There may be something to decide. */
  public void wake() {
    news.release();
  }

  /** One look at everything, without waiting for the next. */
  public void round() {
    placements.round();
    behind = rollouts.keepUp(behind);
    for (Stored stored : rollouts.live()) {
      try {
        join(stored);
        while (decide(stored.id())) {
          LOG.debug("rollout.more", "rollout", stored.id());
        }
      } catch (RuntimeException e) {
        // The others are not to suffer for one; this one is tried again in a second.
        LOG.error("rollout.failed", e, "rollout", stored.id());
      }
    }
    Set<String> live = rollouts.live().stream().map(Stored::id).collect(Collectors.toSet());
    seen.keySet().retainAll(live);
    joiners.keep(live);
  }

  /**
   * What the gates of a rollout said last of the state that is given: of one before or after it,
   * they would contradict it.
   */
  List<VerdictView> verdicts(Stored stored) {
    Seen last = seen.get(stored.id());
    return last != null && last.version == stored.version() ? last.verdicts : stored.verdicts();
  }

  private void run() {
    while (!closing) {
      try {
        if (news.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS)) news.drainPermits();
        round();
        Thread.sleep(BETWEEN);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void join(Stored stored) {
    List<DeviceId> newcomers = joiners.of(stored.rollout());
    if (newcomers.isEmpty()) return;
    Instant now = Instant.ofEpochMilli(clock.millis());
    Decision decision = Engine.join(stored.rollout(), newcomers, now);
    if (decision.notable()
        && !rollouts.carryOut(stored, decision, stored.inputs(), now, _ -> true)) {
      joiners.again(stored.id());
    }
  }

  // True when there is more to count.
  private boolean decide(String id) {
    var live = rollouts.live(id);
    if (live.isEmpty() || closing) return false;
    Stored stored = live.get();
    Rollout rollout = stored.rollout();
    Seen last = seen.get(id);
    long after = Math.max(rollout.evidenceUpTo(), last == null ? 0 : last.upTo);
    Preparing preparing = costs.preparing(rollout);
    List<RestraintView> inTheWay = barred.snapshot();
    long planned = db.read(rollouts::planned);
    Restraints restraints = barred.of(rollout);
    Map<DeviceId, Duty> asleep = duties.of(rollout);
    Map<String, QueryAnswer> answers = queries.apply(rollout.spec());
    Gathered gathered =
        db.read(
            rows ->
                Gathered.read(
                    rows,
                    stored,
                    after,
                    asleep,
                    listeningSince,
                    preparing,
                    restraints,
                    answers,
                    orders));
    Instant now = Instant.ofEpochMilli(clock.millis());
    Decision decision = Engine.decide(rollout, gathered.evidence(), now);
    // Where an operator was faster, what was decided rests on a state that is gone; the next round
    // decides anew from the same evidence.
    boolean changes = worthStoring(rollout, gathered, decision);
    boolean stands =
        !changes
            || rollouts.carryOut(
                stored,
                decision,
                gathered.inputs(),
                now,
                tx -> barred.stands(tx, inTheWay) && mayOrder(tx, decision, planned));
    if (!stands) return false;
    List<VerdictView> before = last == null ? stored.verdicts() : last.verdicts;
    List<VerdictView> verdicts = Since.of(before, decision, now);
    long version = changes ? stored.version() + 1 : stored.version();
    seen.put(id, new Seen(version, gathered.evidence().upTo(), verdicts));
    return gathered.more();
  }

  // One that was planned in the meantime may go before this one, and keep its devices from it.
  private boolean mayOrder(Tx tx, Decision decision, long planned) {
    return decision.commands().isEmpty() || rollouts.planned(tx) == planned;
  }

  private static boolean worthStoring(Rollout before, Gathered gathered, Decision decision) {
    long upTo = gathered.evidence().upTo();
    return decision.notable()
        || !decision.commands().isEmpty()
        || !gathered.evidence().observations().isEmpty()
        || upTo - before.evidenceUpTo() >= UNSTORED_MAX
        || !sameButForCursor(before, decision.next());
  }

  private static boolean sameButForCursor(Rollout before, Rollout next) {
    return RolloutJson.State.of(before).at(next.evidenceUpTo()).equals(RolloutJson.State.of(next))
        && before.members().equals(next.members());
  }

  @Override
  public void close() {
    closing = true;
    news.release();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

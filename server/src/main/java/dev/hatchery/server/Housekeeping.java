package dev.hatchery.server;

import dev.hatchery.core.Digest;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.changes.ChangeStore;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.devices.Assertions;
import dev.hatchery.server.leases.Leases;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.rollouts.Rollouts;
import dev.hatchery.server.telemetry.Listening;
import dev.hatchery.server.telemetry.ReportStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Renews what is about to expire and forgets what nobody needs, once a minute. */
final class Housekeeping implements AutoCloseable {
  private static final Log LOG = Log.of(Housekeeping.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  /** How long reports are kept after every rollout has counted them. */
  private static final Duration REPORTS_KEPT = Duration.ofDays(7);

  private final Db db;
  private final Orders orders;
  private final Rollouts rollouts;
  private final Mutations mutations;
  private final Assertions assertions;
  private final Leases leases;
  private final Deltas deltas;
  private final ChangeStore changes;
  private final Listening listening;
  private final Function<Rows, Set<Digest>> needed;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("housekeeping").daemon().factory());

  Housekeeping(
      Db db,
      Orders orders,
      Rollouts rollouts,
      Mutations mutations,
      Assertions assertions,
      Leases leases,
      Deltas deltas,
      ChangeStore changes,
      Listening listening,
      Function<Rows, Set<Digest>> needed,
      InstantSource clock) {
    this.db = db;
    this.orders = orders;
    this.rollouts = rollouts;
    this.mutations = mutations;
    this.assertions = assertions;
    this.leases = leases;
    this.deltas = deltas;
    this.changes = changes;
    this.listening = listening;
    this.needed = needed;
    this.clock = clock;
  }

  void start() {
    var _ =
        timer.scheduleWithFixedDelay(
            this::round, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
  }

  /** One round, now. */
  void round() {
    try {
      listening.note();
      orders.renewDue(db);
      leases.keepBooks();
      int forgotten =
          db.write(
              tx -> {
                mutations.prune(tx);
                assertions.prune(tx);
                changes.prune(tx, clock.instant());
                long counted = rollouts.countedUpTo(ReportStore.newest(tx));
                return ReportStore.prune(tx, clock.instant().minus(REPORTS_KEPT), counted);
              });
      if (forgotten > 0) LOG.info("reports.pruned", "reports", forgotten);
      int stale = db.write(tx -> deltas.forget(tx, needed.apply(tx)));
      if (stale > 0) LOG.info("deltas.forgotten", "patches", stale);
    } catch (RuntimeException e) {
      LOG.error("housekeeping.failed", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}

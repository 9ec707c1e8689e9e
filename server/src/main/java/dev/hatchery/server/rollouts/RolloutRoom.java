package dev.hatchery.server.rollouts;

import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.bytes.MonthlyCaps;
import dev.hatchery.server.changes.ChangeStore;
import dev.hatchery.server.channels.ChannelOrders;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.limits.LimitStore;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.placements.PlacementStore;
import dev.hatchery.server.queries.Inquirer;
import dev.hatchery.server.queries.Sources;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.restraints.RestraintStore;
import dev.hatchery.server.telemetry.Listening;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.server.trust.TrustStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Puts this room together. */
public final class RolloutRoom {
  private final Rollouts rollouts;
  private final ControlLoop loop;
  private final Inquirer inquirer;
  private final ExplainRollout explain;
  private final LettingGo lettingGo;
  private final Duties duties;
  private final List<Route> routes = new ArrayList<>();

  /**
   * What it stands on.
   *
   * @param deltaWait how long a first stage waits for its patches
   * @param idle how often to hear from a device that no rollout concerns
   */
  public record Parts(
      Db db,
      DeviceStore devices,
      ReleaseStore releases,
      TrustStore trust,
      Orders orders,
      Board board,
      ChannelOrders channels,
      RestraintStore restraints,
      PlacementStore placements,
      ChangeStore changes,
      StatusStore statuses,
      Listening listening,
      LimitStore limits,
      MonthlyCaps caps,
      AuditLog audit,
      Deltas deltas,
      Mutations mutations,
      Sources sources,
      InstantSource clock,
      Duration deltaWait,
      Duration interlock,
      Duration idle) {}

  public RolloutRoom(Parts p) {
    var store = new RolloutStore(p.db);
    var interlocks = new Interlocks(p.changes, store, p.interlock, p.clock);
    var barred = new Barred(p.restraints, p.placements, p.devices, p.statuses, interlocks, p.clock);
    var wayBack =
        new WayBack(
            p.channels, barred, p.devices, p.statuses, p.releases, p.trust, p.audit, p.clock);
    var carrier =
        new Carrier(store, p.orders, p.channels, wayBack, barred, p.devices, p.releases, p.audit);
    rollouts = new Rollouts(store, carrier, p.db, p.clock, p.idle);
    duties = new Duties(p.devices, p.statuses, p.listening, store, p.db, p.clock);
    var costs = new Costs(p.deltas, p.releases, p.deltaWait);
    var lettingGo =
        new LettingGo(
            p.placements,
            rollouts,
            store,
            barred,
            p.orders,
            p.channels,
            p.devices,
            p.audit,
            p.clock);
    var placing =
        new Placing(
            new Placing.Parts(
                p.placements,
                p.restraints,
                p.devices,
                new Destinations(
                    p.statuses,
                    p.releases,
                    p.trust,
                    p.orders,
                    barred,
                    new Kinds(p.releases, store)),
                rollouts,
                p.releases,
                p.orders,
                p.audit,
                p.clock));
    this.lettingGo = lettingGo;
    loop =
        new ControlLoop(
            rollouts,
            costs,
            barred,
            new LateJoiners(p.devices, p.releases, barred, interlocks),
            duties,
            new PlacementWatch(p.placements, p.statuses, placing, lettingGo, p.db, p.clock),
            p.orders,
            spec -> inquirer().answers(spec),
            p.db,
            p.clock,
            Instant.ofEpochMilli(p.clock.millis()));
    inquirer = new Inquirer(p.sources, this::judged, loop::wake);
    var planning =
        new Planning(
            p.sources,
            store,
            rollouts,
            p.devices,
            barred,
            p.releases,
            p.trust,
            p.caps,
            costs,
            p.audit,
            p.clock);
    var main = new RolloutRoutes(p.db, store, rollouts, planning, loop, costs, barred, p.mutations);
    routes.addAll(main.routes());
    var conditions = new Conditions(p.board, p.statuses, p.releases, p.deltas, rollouts, p.clock);
    explain = new ExplainRollout(p.db, rollouts, main, barred, conditions, p.clock);
    routes.addAll(explain.routes());
    var undo = new Undo(store, rollouts, barred, p.releases, p.trust);
    routes.addAll(new LifecycleRoutes(rollouts, undo, main, p.mutations).routes());
    var permits = new Permits(p.restraints, store, p.devices, p.changes, interlocks, p.clock);
    routes.addAll(new PermitRoutes(permits, p.mutations).routes());
    var roads = new Roads(p.deltas, p.limits);
    var preflight = new Preflight(planning, p.releases, p.statuses, roads, interlocks, p.clock);
    routes.add(new PreflightRoute(preflight, p.mutations).route());
    var recordings =
        new Recordings(
            planning,
            costs,
            new Foreseen(new FullCost(p.statuses, p.releases), p.deltas),
            duties,
            p);
    routes.addAll(new RehearsalRoutes(recordings, p.db).routes());
    var views = new PlacementViews(p.board, p.statuses, p.releases, p.devices, barred);
    routes.addAll(
        new PlacementRoutes(
                p.db, p.placements, placing, lettingGo, p.restraints, views, p.mutations)
            .routes());
    routes.addAll(
        new RollbackRoutes(
                new RollbackRoutes.Parts(rollouts, loop, wayBack, p.releases, p.mutations))
            .routes());
  }

  public Rollouts rollouts() {
    return rollouts;
  }

  public ExplainRollout explain() {
    return explain;
  }

  /** Lets devices go that a pin has kept where an operator put them; other pins keep nobody so. */
  public void unpin(Tx tx, long id, String actor) {
    lettingGo.unpin(tx, id, actor);
  }

  /** When a device sleeps, and how that is known; for people. */
  public List<String> duty(Device device) {
    return duties.about(device);
  }

  /** Asks other systems; started and closed with the loop. */
  public Inquirer inquirer() {
    return inquirer;
  }

  private List<RolloutSpec> judged() {
    return rollouts.live().stream()
        .map(Stored::rollout)
        .filter(rollout -> rollout.phase().active())
        .map(Rollout::spec)
        .toList();
  }

  public ControlLoop loop() {
    return loop;
  }

  public List<Route> routes() {
    return List.copyOf(routes);
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.WayHome;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.placements.Placed;
import dev.hatchery.server.placements.Placement;
import dev.hatchery.server.placements.PlacementStore;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.wire.api.PlacementRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Counts devices that an operator has sent somewhere by hand until each has proved it. */
final class PlacementWatch {
  private static final Log LOG = Log.of(PlacementWatch.class);

  private final PlacementStore placements;
  private final StatusStore statuses;
  private final Placing placing;
  private final LettingGo lettingGo;
  private final Db db;
  private final InstantSource clock;

  PlacementWatch(
      PlacementStore placements,
      StatusStore statuses,
      Placing placing,
      LettingGo lettingGo,
      Db db,
      InstantSource clock) {
    this.placements = placements;
    this.statuses = statuses;
    this.placing = placing;
    this.lettingGo = lettingGo;
    this.db = db;
    this.clock = clock;
  }

  /** One look at all of them. */
  void round() {
    for (Placement placement : placements.open()) {
      try {
        look(placement);
      } catch (RuntimeException e) {
        // The others, and the rollouts, are not to suffer for one; the next look tries again.
        LOG.error("placement.failed", e, "placement", placement.id());
      }
    }
  }

  private void look(Placement seen) {
    if (!news(seen)) return;
    db.write(
        tx -> {
          // What an operator has done since is in memory by now: this is the writer's thread.
          placements.open(seen.id()).ifPresent(before -> take(tx, before));
          return seen;
        });
  }

  private boolean news(Placement seen) {
    return seen.letGo().isPresent()
        ? lettingGo.ready(seen)
        : seen.devices().stream().anyMatch(d -> proved(seen, d) || due(seen, d));
  }

  private void take(Tx tx, Placement before) {
    if (before.letGo().isPresent()) {
      placements.save(tx, before, lettingGo.settle(tx, before));
      return;
    }
    Placement next = before;
    for (Placed placed : before.devices()) {
      if (proved(before, placed)) {
        next = next.with(placed.confirmed(now()));
      } else if (due(before, placed) && placing.stands(tx, before, placed)) {
        next = next.with(placed.again(now()));
        placing.order(tx, next, placed.again(now()));
      }
    }
    placements.save(tx, before, next);
    boolean all = next.devices().stream().allMatch(d -> d.confirmed().isPresent());
    if (all && !next.equals(before)) placing.allThere(tx, next);
  }

  private boolean proved(Placement placement, Placed placed) {
    return placed.confirmed().isEmpty()
        && said(placement, placed)
            .filter(s -> s.state() == SlotStatus.State.CONFIRMED)
            .filter(s -> s.current().equals(Optional.of(placed.to())))
            .filter(s -> s.running().equals(Optional.of(placed.to())))
            .isPresent();
  }

  private boolean due(Placement placement, Placed placed) {
    // A way back is tried until it is gone; a release that failed here is an operator's to try
    // again.
    return placement.request().kind() == PlacementRequest.Kind.ROLLBACK
        && placed.confirmed().isEmpty()
        && said(placement, placed).filter(PlacementWatch::failed).isPresent()
        && !now().isBefore(placed.told().plus(WayHome.patience(placed.attempt())));
  }

  /** What a device says of this order. */
  private Optional<SlotStatus> said(Placement placement, Placed placed) {
    Name slot = placement.request().slot();
    return statuses
        .find(placed.device())
        .flatMap(status -> Optional.ofNullable(status.slots().get(slot)))
        .filter(s -> s.commandId().equals(Optional.of(placement.command(placed))));
  }

  /** Whether a device says that it could not do what it was told. */
  static boolean failed(SlotStatus said) {
    return said.state() == SlotStatus.State.FAILED || said.state() == SlotStatus.State.ROLLED_BACK;
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}

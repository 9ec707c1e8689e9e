package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.WayHome;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.placements.Placed;
import dev.hatchery.server.placements.Placement;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.DeviceStatus;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.wire.api.PlacementView;
import dev.hatchery.wire.api.PlacementView.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Placements as operators see them; from memory. */
final class PlacementViews {
  private final Board board;
  private final StatusStore statuses;
  private final ReleaseStore releases;
  private final DeviceStore devices;
  private final Barred barred;

  PlacementViews(
      Board board,
      StatusStore statuses,
      ReleaseStore releases,
      DeviceStore devices,
      Barred barred) {
    this.board = board;
    this.statuses = statuses;
    this.releases = releases;
    this.devices = devices;
    this.barred = barred;
  }

  /** One that was asked for just now: what its devices were told, they may not have heard yet. */
  PlacementView fresh(Placing.Done done) {
    Placement p = done.placement();
    return view(
        p,
        p.devices().stream().map(d -> placed(d, State.TOLD, d.told(), "")).toList(),
        done.left());
  }

  PlacementView view(Placement placement) {
    return view(
        placement, placement.devices().stream().map(d -> placed(placement, d)).toList(), List.of());
  }

  private static PlacementView view(
      Placement p, List<PlacementView.Placed> placed, List<PlacementView.Left> left) {
    return new PlacementView(
        p.id() == 0 ? Optional.empty() : Optional.of(p.id()),
        p.request(),
        p.by(),
        p.at(),
        p.letGo(),
        placed,
        left);
  }

  private PlacementView.Placed placed(Placement placement, Placed placed) {
    Name slot = placement.request().slot();
    if (placed.settled().isPresent()) {
      return placed(placed, State.LET_GO, placed.settled().get(), "");
    }
    if (placement.letGo().isPresent()) {
      String why =
          devices
              .find(placed.device())
              .flatMap(d -> barred.keeps(d, slot, placement.id()))
              .orElse("");
      return placed(placed, State.WAITING, placement.letGo().get().at(), why);
    }
    Optional<Order> newer =
        ordered(placed.device(), slot).filter(order -> !placement.gave(order.commandId()));
    if (newer.isPresent()) {
      String what = "was ordered " + newer.get().release() + " since";
      return placed(placed, State.OVERTAKEN, placed.told(), what);
    }
    if (placed.confirmed().isPresent()) {
      return placed(placed, State.CONFIRMED, placed.confirmed().get(), said(placed, slot));
    }
    return failure(placement, placed)
        .orElseGet(() -> placed(placed, State.TOLD, placed.told(), said(placed, slot)));
  }

  private Optional<PlacementView.Placed> failure(Placement placement, Placed placed) {
    Optional<DeviceStatus> status = statuses.find(placed.device());
    return status
        .flatMap(s -> Optional.ofNullable(s.slots().get(placement.request().slot())))
        .filter(s -> s.commandId().equals(Optional.of(placement.command(placed))))
        .filter(PlacementWatch::failed)
        .map(
            s ->
                placed(
                    placed,
                    State.FAILED,
                    status.get().lastSeen(),
                    (s.reason().map(Enum::name).orElse("") + " " + s.detail()).strip()
                        + again(placement, placed)));
  }

  private static String again(Placement placement, Placed placed) {
    return switch (placement.request().kind()) {
      case ROLLBACK -> {
        Instant at = placed.told().plus(WayHome.patience(placed.attempt()));
        yield "; told again not before " + at.truncatedTo(ChronoUnit.SECONDS);
      }
      case PIN -> "; not tried again by itself";
    };
  }

  private Optional<Order> ordered(DeviceId device, Name slot) {
    return board.desired(device).flatMap(d -> Optional.ofNullable(d.slots().get(slot)));
  }

  private String said(Placed placed, Name slot) {
    return statuses
        .find(placed.device())
        .flatMap(s -> Optional.ofNullable(s.slots().get(slot)))
        .map(SlotStatus::detail)
        .orElse("");
  }

  private PlacementView.Placed placed(Placed placed, State state, Instant since, String detail) {
    return new PlacementView.Placed(
        placed.device(),
        placed.from().flatMap(releases::find).map(Release::id),
        releases.require(placed.to()).id(),
        state,
        since,
        detail);
  }
}

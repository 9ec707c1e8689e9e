package dev.hatchery.server.fleet;

import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.DeviceStatus;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.Page;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** {@code GET /api/v1/devices} and {@code /api/v1/devices/{id}}; from memory. */
public final class FleetRoutes {
  private static final int PAGE = 500;

  private final DeviceStore devices;
  private final StatusStore statuses;
  private final Board board;
  private final ReleaseStore releases;

  public FleetRoutes(
      DeviceStore devices, StatusStore statuses, Board board, ReleaseStore releases) {
    this.devices = devices;
    this.statuses = statuses;
    this.board = board;
    this.releases = releases;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/api/v1/devices", Access.OPERATOR, this::list),
        Route.get("/api/v1/devices/{id}", Access.OPERATOR, this::one));
  }

  private Answer list(Exchange exchange) {
    long after = exchange.query("after", 0, 0, Integer.MAX_VALUE);
    List<DeviceView> views =
        devices.all().stream()
            .sorted(Comparator.comparing(Device::id))
            .skip(after)
            .limit(PAGE)
            .map(this::view)
            .toList();
    OptionalLong next = views.size() < PAGE ? OptionalLong.empty() : OptionalLong.of(after + PAGE);
    return Answer.json(Api.DEVICES, new Page<>(views, next));
  }

  private Answer one(Exchange exchange) {
    DeviceId id = exchange.part("id", DeviceId::new);
    return devices
        .find(id)
        .map(device -> Answer.json(Api.DEVICE, view(device)))
        .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "there is no such device").got(id));
  }

  private DeviceView view(Device device) {
    Optional<DesiredState> desired = board.desired(device.id());
    Optional<DeviceStatus> status = statuses.find(device.id());
    Map<Name, DeviceView.Slot> slots = new TreeMap<>();
    device
        .slots()
        .forEach((slot, channel) -> slots.put(slot, slot(slot, channel, desired, status)));
    return new DeviceView(
        device.id(),
        device.key().id(),
        device.labels(),
        device.labelling().own(),
        device.labelling().given(),
        device.facts(),
        device.enrolledAt(),
        status.map(DeviceStatus::lastSeen),
        desired.map(DesiredState::counter).orElse(0L),
        status.map(DeviceStatus::counter).orElse(0L),
        slots);
  }

  private DeviceView.Slot slot(
      Name slot, Name channel, Optional<DesiredState> desired, Optional<DeviceStatus> status) {
    Optional<SlotStatus> said = status.map(s -> s.slots().get(slot));
    return new DeviceView.Slot(
        channel,
        desired.map(d -> d.slots().get(slot)).map(Order::release),
        said.flatMap(SlotStatus::running).flatMap(releases::find).map(Release::id),
        said);
  }
}

package dev.hatchery.server.explain;

import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code GET /api/v1/devices/{id}/explain}; from memory. */
public final class ExplainRoutes {
  private final DeviceStore devices;
  private final StatusStore statuses;
  private final Board board;
  private final FetchPlan plan;
  private final DeliveryText delivery = new DeliveryText();
  private final List<Remarks> remarks;

  /**
   * The route.
   *
   * @param remarks what other rooms add, in this order
   */
  public ExplainRoutes(
      DeviceStore devices,
      StatusStore statuses,
      Board board,
      ReleaseStore releases,
      Deltas deltas,
      List<Remarks> remarks) {
    this.devices = devices;
    this.statuses = statuses;
    this.board = board;
    this.plan = new FetchPlan(releases, deltas);
    this.remarks = List.copyOf(remarks);
  }

  public List<Route> routes() {
    return List.of(Route.get("/api/v1/devices/{id}/explain", Access.OPERATOR, this::explain));
  }

  private Answer explain(Exchange exchange) {
    DeviceId id = exchange.part("id", DeviceId::new);
    Device device =
        devices
            .find(id)
            .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "there is no such device").got(id));
    Map<Name, List<String>> slots = new TreeMap<>();
    for (Name slot : slots(device)) slots.put(slot, lines(device, slot));
    return Answer.json(Api.EXPLANATION, new Explanation(id, slots));
  }

  private Set<Name> slots(Device device) {
    Set<Name> slots = new TreeSet<>(device.slots().keySet());
    board.desired(device.id()).map(DesiredState::slots).ifPresent(s -> slots.addAll(s.keySet()));
    return slots;
  }

  private List<String> lines(Device device, Name slot) {
    var said = statuses.find(device.id());
    var status = said.flatMap(s -> Optional.ofNullable(s.slots().get(slot)));
    Optional<Order> order =
        board.desired(device.id()).flatMap(d -> Optional.ofNullable(d.slots().get(slot)));
    List<String> lines = new ArrayList<>();
    lines.addAll(plan.held(status));
    if (order.isPresent()) {
      lines.addAll(plan.of(device, slot, order.get(), status));
      lines.addAll(delivery.of(device, order.get()));
    } else {
      lines.add("nothing is ordered: its channel names no release yet");
    }
    for (Remarks each : remarks) lines.addAll(each.about(device, slot, order));
    status.ifPresent(s -> lines.addAll(FetchPlan.said(s, said.orElseThrow().lastSeen())));
    return lines;
  }
}

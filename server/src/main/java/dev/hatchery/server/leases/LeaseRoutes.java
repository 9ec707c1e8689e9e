package dev.hatchery.server.leases;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import dev.hatchery.wire.Wire;
import java.util.List;

/** {@code POST /device/v1/leases} and {@code POST /device/v1/leases/{lease}}. */
public final class LeaseRoutes {
  private static final String PATH = "/device/v1/leases";
  private static final DataSize BODY_MAX = DataSize.kib(4);

  private final Leases leases;

  public LeaseRoutes(Leases leases) {
    this.leases = leases;
  }

  public List<Route> routes() {
    return List.of(
        new Route(Method.POST, PATH, Access.DEVICE, BODY_MAX, this::ask),
        new Route(Method.POST, PATH + "/{lease}", Access.DEVICE, BODY_MAX, this::use));
  }

  private Answer ask(Exchange exchange) {
    LeaseRequest request = Wire.LEASE_REQUEST.parse(exchange.body(), BODY_MAX, "request body");
    return Answer.json(Wire.LEASE_ANSWER, leases.ask(device(exchange), request));
  }

  private Answer use(Exchange exchange) {
    LeaseUse use = Wire.LEASE_USE.parse(exchange.body(), BODY_MAX, "request body");
    return leases
        .use(device(exchange), exchange.part("lease"), use)
        .map(answer -> Answer.json(Wire.LEASE_ANSWER, answer))
        .orElseGet(() -> Answer.of(204));
  }

  private static DeviceId device(Exchange exchange) {
    return ((Caller.Device) exchange.caller()).id();
  }
}

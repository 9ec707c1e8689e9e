package dev.hatchery.server.limits;

import dev.hatchery.core.Limits;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.Wire;
import java.util.List;

/** {@code GET} and {@code PUT /api/v1/limits}. */
public final class LimitRoutes {
  private static final String PATH = "/api/v1/limits";

  private final LimitStore limits;
  private final Mutations mutations;

  public LimitRoutes(LimitStore limits, Mutations mutations) {
    this.limits = limits;
    this.mutations = mutations;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.OPERATOR, _ -> Answer.json(Wire.LIMITS, limits.current())),
        mutations.route(Method.PUT, PATH, Limits.MAX_SIZE, this::put));
  }

  private Change put(Exchange exchange) {
    Limits wanted = Wire.LIMITS.parse(exchange.body(), Limits.MAX_SIZE, "request body");
    return tx -> Answer.json(Wire.LIMITS, limits.put(tx, wanted, exchange.caller().name()));
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import java.util.List;
import java.util.Optional;

/**
 * What a rehearsal stands on: {@code POST /api/v1/rollouts/rehearsal}, and {@code …/devices} in
 * pages. They change nothing, so no answer is kept for an {@code Idempotency-Key}.
 */
final class RehearsalRoutes {
  private static final String PATH = "/api/v1/rollouts/rehearsal";
  private static final DataSize SPEC_MAX = DataSize.kib(64);

  private final Recordings recordings;
  private final Db db;

  RehearsalRoutes(Recordings recordings, Db db) {
    this.recordings = recordings;
    this.db = db;
  }

  List<Route> routes() {
    return List.of(
        new Route(Method.POST, PATH, Access.OPERATOR, SPEC_MAX, this::plan),
        new Route(Method.POST, PATH + "/devices", Access.OPERATOR, SPEC_MAX, this::devices));
  }

  // Planning reads what only the writer may.
  private Answer plan(Exchange exchange) {
    RolloutSpec spec = spec(exchange);
    return Answer.json(Api.REHEARSAL, db.write(tx -> recordings.plan(tx, spec)));
  }

  private Answer devices(Exchange exchange) {
    RolloutSpec spec = spec(exchange);
    Optional<DeviceId> after = exchange.query("after").map(DeviceId::new);
    return Answer.json(
        Api.RECORDED_DEVICES, db.read(rows -> recordings.devices(rows, spec, after)));
  }

  private static RolloutSpec spec(Exchange exchange) {
    return Wire.ROLLOUT_SPEC.parse(exchange.body(), SPEC_MAX, "request body");
  }
}

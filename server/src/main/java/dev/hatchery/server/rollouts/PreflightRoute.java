package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import java.time.Duration;

/** Looking ahead at a rollout. */
final class PreflightRoute {
  private static final DataSize SPEC_MAX = DataSize.kib(64);

  private final Preflight preflight;
  private final Mutations mutations;

  PreflightRoute(Preflight preflight, Mutations mutations) {
    this.preflight = preflight;
    this.mutations = mutations;
  }

  Route route() {
    return mutations.route(Method.POST, "/api/v1/rollouts/preflight", SPEC_MAX, this::look);
  }

  private Change look(Exchange exchange) {
    RolloutSpec spec = Wire.ROLLOUT_SPEC.parse(exchange.body(), SPEC_MAX, "request body");
    Duration within = exchange.query("within").map(Durations::parse).orElse(Preflight.WITHIN);
    if (!within.isPositive()) {
      throw Refusal.of(Code.BAD_INPUT, "a time must be positive").at("within").got(within);
    }
    return tx -> Answer.json(Api.PREFLIGHT, preflight.look(tx, spec, within));
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.DataSize;
import dev.hatchery.rollout.Action;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import java.util.List;
import java.util.function.Function;

/** What more than one person has a say in: approving, rejecting, undoing. */
final class LifecycleRoutes {
  private static final String PATH = "/api/v1/rollouts/{id}/";
  private static final DataSize REQUEST_MAX = DataSize.kib(4);

  private final Rollouts rollouts;
  private final Undo undo;
  private final RolloutRoutes shown;
  private final Mutations mutations;

  private interface Step {
    Stored take(Tx tx, String id, String actor);
  }

  LifecycleRoutes(Rollouts rollouts, Undo undo, RolloutRoutes shown, Mutations mutations) {
    this.rollouts = rollouts;
    this.undo = undo;
    this.shown = shown;
    this.mutations = mutations;
  }

  List<Route> routes() {
    return List.of(
        route("approve", this::approve), route("reject", this::reject), route("undo", this::undo));
  }

  private Route route(String word, Function<Exchange, Step> step) {
    return mutations.route(
        Method.POST,
        PATH + word,
        REQUEST_MAX,
        exchange -> {
          Step next = step.apply(exchange);
          String id = exchange.part("id");
          String actor = exchange.caller().name();
          return tx -> shown.changed(tx, next.take(tx, id, actor));
        });
  }

  private Step approve(Exchange exchange) {
    var request = Api.APPROVE_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body");
    var yes = new Action.Approve(exchange.caller().name(), request.comment());
    return (tx, id, actor) -> rollouts.act(tx, id, yes, actor);
  }

  private Step reject(Exchange exchange) {
    var no = new Action.Reject(exchange.caller().name(), reason(exchange));
    return (tx, id, actor) -> rollouts.act(tx, id, no, actor);
  }

  private Step undo(Exchange exchange) {
    String reason = reason(exchange);
    return (tx, id, actor) -> undo.undo(tx, id, reason, actor);
  }

  private static String reason(Exchange exchange) {
    return Api.ABORT_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body").reason();
  }
}

package dev.hatchery.server.rollouts;

import dev.hatchery.core.DataSize;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.PermitRequest;
import dev.hatchery.wire.api.PermitView;
import java.util.List;

/**
 * {@code /api/v1/permits}: other updaters ask before they change devices. Who may go on is answered
 * 200, who is to ask again 202, so that a script need not read the body.
 */
final class PermitRoutes {
  private static final String PATH = "/api/v1/permits/";
  private static final DataSize REQUEST_MAX = DataSize.kib(4);
  private static final int GO_ON = 200;
  private static final int ASK_AGAIN = 202;
  private static final String POLITE_PAUSE = "60";

  private final Permits permits;
  private final Mutations mutations;

  private interface Step {
    PermitView take(Tx tx, PermitRequest request, String actor);
  }

  PermitRoutes(Permits permits, Mutations mutations) {
    this.permits = permits;
    this.mutations = mutations;
  }

  List<Route> routes() {
    return List.of(
        route("acquire", permits::acquire),
        route("release", permits::release),
        route("status", (tx, request, _) -> permits.status(tx, request)));
  }

  private Route route(String word, Step step) {
    return mutations.route(
        Method.POST,
        PATH + word,
        Access.OPERATOR_OR_UPDATER,
        REQUEST_MAX,
        exchange -> change(exchange, step));
  }

  private static Change change(Exchange exchange, Step step) {
    PermitRequest request = Api.PERMIT_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body");
    String actor = exchange.caller().name();
    return tx -> answer(step.take(tx, request, actor));
  }

  private static Answer answer(PermitView view) {
    byte[] body = Api.PERMIT.bytes(view);
    return switch (view.state()) {
      case GRANTED, NONE -> Answer.json(GO_ON, body);
      case WAIT -> Answer.json(ASK_AGAIN, body).with("Retry-After", POLITE_PAUSE);
    };
  }
}

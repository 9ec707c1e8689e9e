package dev.hatchery.server.auth;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.OperatorRequest;
import dev.hatchery.wire.api.OperatorView;
import dev.hatchery.wire.api.Page;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Who else may use the operator API. Only {@code admin} lets others in and out: whoever could make
 * themselves a second token could approve their own rollouts.
 */
public final class OperatorRoutes {
  private static final String PATH = "/api/v1/operators";
  private static final DataSize REQUEST_MAX = DataSize.kib(4);

  private final OperatorTokens operators;
  private final Db db;
  private final Mutations mutations;
  private final Departed departed;
  private final RandomGenerator random;

  /** What has to follow when an operator's token ends. */
  @FunctionalInterface
  public interface Departed {
    /** In the same transaction. */
    void left(Tx tx, String actor);
  }

  /**
   * The routes.
   *
   * @param random must be cryptographically strong
   */
  public OperatorRoutes(
      OperatorTokens operators,
      Db db,
      Mutations mutations,
      Departed departed,
      RandomGenerator random) {
    this.operators = operators;
    this.db = db;
    this.mutations = mutations;
    this.departed = departed;
    this.random = random;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.OPERATOR, this::list),
        mutations.secretRoute(Method.POST, PATH, REQUEST_MAX, this::add),
        mutations.route(Method.DELETE, PATH + "/{name}", REQUEST_MAX, this::revoke));
  }

  private Answer list(Exchange exchange) {
    List<OperatorView> all =
        db.read(OperatorTokens::all).stream().map(k -> view(k, Optional.empty())).toList();
    return Answer.json(Api.OPERATORS, Page.all(all));
  }

  private Change add(Exchange exchange) {
    String actor = admin(exchange);
    OperatorRequest wanted =
        Api.OPERATOR_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body");
    Secret token = Tokens.make(OperatorTokens.PREFIX, random);
    return tx ->
        Answer.json(
            Api.OPERATOR,
            view(
                operators.add(tx, wanted.name(), wanted.role(), token, actor), Optional.of(token)));
  }

  private Change revoke(Exchange exchange) {
    String actor = admin(exchange);
    Name name = exchange.part("name", Name::new);
    return tx -> {
      OperatorTokens.Known gone = operators.revoke(tx, name, actor);
      departed.left(tx, new Caller.Operator(name.value()).name());
      return Answer.json(Api.OPERATOR, view(gone, Optional.empty()));
    };
  }

  private static String admin(Exchange exchange) {
    Caller caller = exchange.caller();
    if (caller.equals(new Caller.Operator(OperatorTokens.ADMIN))) return caller.name();
    throw Refusal.of(Code.FORBIDDEN, "this operator does not let others in or out")
        .expected("operator:" + OperatorTokens.ADMIN)
        .got(caller.name());
  }

  private static OperatorView view(OperatorTokens.Known known, Optional<Secret> token) {
    return new OperatorView(known.name(), known.createdAt(), token, known.role());
  }
}

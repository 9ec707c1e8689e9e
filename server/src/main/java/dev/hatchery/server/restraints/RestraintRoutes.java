package dev.hatchery.server.restraints;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Page;
import java.util.List;

/** {@code /api/v1/restraints}: what there is, another, one less. */
public final class RestraintRoutes {
  private static final String PATH = "/api/v1/restraints";
  private static final DataSize REQUEST_MAX = DataSize.kib(8);

  private final RestraintStore restraints;
  private final LettingGo lettingGo;
  private final Mutations mutations;

  /** Hears what is about to be taken away. */
  @FunctionalInterface
  public interface LettingGo {
    void letGo(Tx tx, long id, String actor);
  }

  public RestraintRoutes(RestraintStore restraints, LettingGo lettingGo, Mutations mutations) {
    this.restraints = restraints;
    this.lettingGo = lettingGo;
    this.mutations = mutations;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            PATH, Access.OPERATOR, _ -> Answer.json(Api.RESTRAINTS, Page.all(restraints.all()))),
        mutations.route(Method.POST, PATH, REQUEST_MAX, this::add),
        mutations.route(Method.DELETE, PATH + "/{id}", REQUEST_MAX, this::remove));
  }

  private Change add(Exchange exchange) {
    Restraint wanted = Api.RESTRAINT.parse(exchange.body(), REQUEST_MAX, "request body");
    String actor = exchange.caller().name();
    return tx -> Answer.json(Api.RESTRAINT_VIEW, restraints.add(tx, wanted, actor));
  }

  private Change remove(Exchange exchange) {
    long id = exchange.part("id", RestraintRoutes::number);
    String actor = exchange.caller().name();
    return tx -> {
      lettingGo.letGo(tx, id, actor);
      return Answer.json(Api.RESTRAINT_VIEW, restraints.remove(tx, id, actor));
    };
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a number")
          .expected("the id that hatchery pins, holds or freeze list shows")
          .got(text)
          .cause(e);
    }
  }
}

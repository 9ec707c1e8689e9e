package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.placements.Placement;
import dev.hatchery.server.placements.PlacementStore;
import dev.hatchery.server.restraints.RestraintStore;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code /api/v1/placements}: devices taken back by hand, how far they are, and letting them go.
 */
final class PlacementRoutes {
  private static final String PATH = "/api/v1/placements";
  private static final DataSize REQUEST_MAX = DataSize.kib(8);

  /** Each may name thousands of devices. */
  private static final int PAGE = 4;

  private final Db db;
  private final PlacementStore placements;
  private final Placing placing;
  private final LettingGo lettingGo;
  private final RestraintStore restraints;
  private final PlacementViews views;
  private final Mutations mutations;

  PlacementRoutes(
      Db db,
      PlacementStore placements,
      Placing placing,
      LettingGo lettingGo,
      RestraintStore restraints,
      PlacementViews views,
      Mutations mutations) {
    this.db = db;
    this.placements = placements;
    this.placing = placing;
    this.lettingGo = lettingGo;
    this.restraints = restraints;
    this.views = views;
    this.mutations = mutations;
  }

  List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.OPERATOR, this::list),
        Route.get(PATH + "/{id}", Access.OPERATOR, this::one),
        mutations.route(Method.POST, PATH, REQUEST_MAX, this::make),
        mutations.route(Method.POST, PATH + "/{id}/undo", REQUEST_MAX, this::undo));
  }

  private Answer list(Exchange exchange) {
    long after = exchange.query("after", 0, 0, Integer.MAX_VALUE);
    List<PlacementView> page =
        db.read(rows -> placements.page(rows, after, PAGE)).stream().map(views::view).toList();
    OptionalLong next = page.size() < PAGE ? OptionalLong.empty() : OptionalLong.of(after + PAGE);
    return Answer.json(Api.PLACEMENTS, new Page<>(page, next));
  }

  private Answer one(Exchange exchange) {
    long id = exchange.part("id", PlacementRoutes::number);
    return Answer.json(Api.PLACEMENT, views.view(db.read(rows -> placements.require(rows, id))));
  }

  private Change make(Exchange exchange) {
    PlacementRequest request =
        Api.PLACEMENT_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body");
    String actor = exchange.caller().name();
    boolean dryRun = exchange.query("dryRun").equals(Optional.of("true"));
    return tx ->
        Answer.json(
            Api.PLACEMENT,
            views.fresh(
                dryRun ? placing.tryOut(tx, request, actor) : placing.make(tx, request, actor)));
  }

  private Change undo(Exchange exchange) {
    long id = exchange.part("id", PlacementRoutes::number);
    String reason = Api.ABORT_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body").reason();
    String actor = exchange.caller().name();
    return tx -> {
      Placement gone = lettingGo.letGo(tx, id, reason, actor);
      restraints.remove(tx, id, actor);
      return Answer.json(Api.PLACEMENT, views.view(gone));
    };
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a number")
          .expected("the id that hatchery rollback list shows")
          .got(text)
          .cause(e);
    }
  }
}

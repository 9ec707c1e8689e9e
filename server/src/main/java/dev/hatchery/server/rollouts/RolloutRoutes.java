package dev.hatchery.server.rollouts;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Action;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.DecisionView;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.VerdictView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Starting, watching and steering rollouts. */
public final class RolloutRoutes {
  private static final String PATH = "/api/v1/rollouts";
  private static final DataSize SPEC_MAX = DataSize.kib(64);
  private static final DataSize ACTION_MAX = DataSize.kib(4);
  private static final int PAGE = 50;
  private static final int DECISIONS = 200;

  private static final int OVER_MAX = 500;

  private final Map<String, RolloutView> over = new ConcurrentHashMap<>();
  private final Db db;
  private final RolloutStore store;
  private final Rollouts rollouts;
  private final Planning planning;
  private final ControlLoop loop;
  private final Costs costs;
  private final Barred barred;
  private final Mutations mutations;

  RolloutRoutes(
      Db db,
      RolloutStore store,
      Rollouts rollouts,
      Planning planning,
      ControlLoop loop,
      Costs costs,
      Barred barred,
      Mutations mutations) {
    this.db = db;
    this.store = store;
    this.rollouts = rollouts;
    this.planning = planning;
    this.loop = loop;
    this.costs = costs;
    this.barred = barred;
    this.mutations = mutations;
  }

  public List<Route> routes() {
    return List.of(
        mutations.route(Method.POST, PATH, SPEC_MAX, this::start),
        Route.get(PATH, Access.OPERATOR, this::list),
        Route.get(PATH + "/{id}", Access.OPERATOR, this::one),
        action("promote", _ -> _ -> new Action.Promote()),
        action("pause", _ -> _ -> new Action.Pause()),
        action("resume", _ -> _ -> new Action.Resume()),
        action("retry", _ -> rollout -> new Action.Retry(barred.of(rollout))),
        action("abort", RolloutRoutes::abort),
        Route.get("/api/v1/decisions", Access.OPERATOR, this::decisions));
  }

  private Change start(Exchange exchange) {
    RolloutSpec spec = Wire.ROLLOUT_SPEC.parse(exchange.body(), SPEC_MAX, "request body");
    boolean dryRun = exchange.query("dryRun").orElse("false").equals("true");
    if (dryRun) return tx -> answer(planning.tryOut(tx, spec), List.of());
    return tx -> {
      Planned planned = planning.start(tx, spec, exchange.caller().name());
      tx.afterCommit(loop::wake);
      var verdicts = rollouts.live(planned.rollout().id()).map(this::newest).orElse(List.of());
      return answer(planned, verdicts);
    };
  }

  private Answer list(Exchange exchange) {
    long skip = exchange.query("after", 0, 0, Integer.MAX_VALUE);
    List<String> page = db.read(rows -> store.page(rows, skip, PAGE));
    List<RolloutView> views = page.stream().map(this::listed).toList();
    OptionalLong next = page.size() < PAGE ? OptionalLong.empty() : OptionalLong.of(skip + PAGE);
    return Answer.json(Api.ROLLOUTS, new Page<>(views, next));
  }

  // A rollout that is over changes by an undo only, and may have had many members.
  private RolloutView listed(String id) {
    RolloutView known = over.get(id);
    if (known != null) return known;
    Stored stored = store.live(id).orElseGet(() -> db.read(rows -> rollouts.require(rows, id)));
    RolloutView view = view(planned(stored), newest(stored), false);
    if (over.size() >= OVER_MAX) over.clear();
    if (view.phase().over()) over.put(id, view);
    return view;
  }

  private Answer one(Exchange exchange) {
    Stored stored = db.read(rows -> rollouts.require(rows, exchange.part("id")));
    return answer(planned(stored), newest(stored));
  }

  private Answer decisions(Exchange exchange) {
    String rollout = exchange.query("rollout").orElse("");
    long after = exchange.query("after", 0, 0, Long.MAX_VALUE);
    List<DecisionView> decisions =
        db.read(
            rows ->
                DecisionStore.after(rows, rollouts.require(rows, rollout).id(), after, DECISIONS));
    OptionalLong next =
        decisions.size() < DECISIONS
            ? OptionalLong.empty()
            : OptionalLong.of(decisions.getLast().seq());
    return Answer.json(Api.DECISIONS, new Page<>(decisions, next));
  }

  private Route action(String word, Function<Exchange, Function<Rollout, Action>> action) {
    return mutations.route(
        Method.POST,
        PATH + "/{id}/" + word,
        ACTION_MAX,
        exchange -> {
          Function<Rollout, Action> asked = action.apply(exchange);
          String id = exchange.part("id");
          return tx -> {
            Stored stored = rollouts.require(tx, id);
            Action now = asked.apply(stored.rollout());
            return changed(tx, rollouts.act(tx, stored, now, exchange.caller().name()));
          };
        });
  }

  /** The answer to a change of a rollout; there may be more to decide. */
  Answer changed(Tx tx, Stored next) {
    tx.afterCommit(
        () -> {
          over.remove(next.id());
          loop.wake();
        });
    return answer(planned(next), next.verdicts());
  }

  private static Function<Rollout, Action> abort(Exchange exchange) {
    var request = Api.ABORT_REQUEST.parse(exchange.body(), ACTION_MAX, "request body");
    return _ -> new Action.Abort(request.reason());
  }

  List<VerdictView> newest(Stored stored) {
    return stored.rollout().phase().over() ? stored.verdicts() : loop.verdicts(stored);
  }

  private static Planned planned(Stored stored) {
    return new Planned(stored.rollout(), stored.fit());
  }

  private Answer answer(Planned planned, List<VerdictView> verdicts) {
    return Answer.json(Api.ROLLOUT, view(planned, verdicts, true));
  }

  private RolloutView view(Planned planned, List<VerdictView> verdicts, boolean withMembers) {
    Rollout rollout = planned.rollout();
    return RolloutViews.view(
            rollout, verdicts, withMembers, costs.expected(rollout), costs.full(rollout))
        .with(planned.fit())
        .holding(withMembers ? RolloutViews.control(rollout) : Optional.empty());
  }
}

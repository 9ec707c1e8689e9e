package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.rollout.Action;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.api.Change;
import dev.hatchery.server.api.Mutations;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.channels.Head;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.RollbackRequest;
import dev.hatchery.wire.api.RollbackView;
import dev.hatchery.wire.api.RollbackView.How;
import java.util.List;
import java.util.Optional;

/** {@code POST /api/v1/channels/{slot}/{channel}/rollback}: one command that finds its own way. */
public final class RollbackRoutes {
  private static final DataSize REQUEST_MAX = DataSize.kib(4);

  private final Parts parts;

  /** What the route works with. */
  record Parts(
      Rollouts rollouts,
      ControlLoop loop,
      WayBack wayBack,
      ReleaseStore releases,
      Mutations mutations) {}

  RollbackRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(
        parts.mutations.route(
            Method.POST, "/api/v1/channels/{slot}/{channel}/rollback", REQUEST_MAX, this::prepare));
  }

  private Change prepare(Exchange exchange) {
    var id = new ChannelId(exchange.part("slot", Name::new), exchange.part("channel", Name::new));
    RollbackRequest request =
        Api.ROLLBACK_REQUEST.parse(exchange.body(), REQUEST_MAX, "request body");
    String actor = exchange.caller().name();
    return tx -> Answer.json(Api.ROLLBACK, rollBack(tx, id, request, actor));
  }

  private RollbackView rollBack(Tx tx, ChannelId id, RollbackRequest request, String actor) {
    Optional<Head> head = ChannelStore.head(tx, id);
    requireExpected(id, head, request.head());
    Optional<Stored> unfinished = parts.rollouts.unfinished(tx, id);
    if (unfinished.isEmpty()) {
      // Once is enough for whoever does not say what to leave: a repeated command is no second one.
      Optional<RollbackView> done =
          request.head().isPresent() ? Optional.empty() : done(tx, id, head);
      return done.orElseGet(() -> moveHead(tx, id, request.reason(), actor));
    }
    Stored stored = unfinished.get();
    if (!stored.rollout().phase().active()) {
      return view(id, How.UNDER_WAY, stored.rollout(), 0);
    }
    Rollout aborted =
        parts.rollouts.act(tx, stored, new Action.Abort(request.reason()), actor).rollout();
    tx.afterCommit(parts.loop::wake);
    return view(id, How.ROLLOUT_ABORTED, aborted, aborted.touched().size());
  }

  private static RollbackView view(ChannelId id, How how, Rollout rollout, long devices) {
    return new RollbackView(
        id.slot(),
        id.channel(),
        how,
        Optional.of(rollout.id()),
        rollout.spec().release(),
        rollout.previous().map(Rollout.Previous::release),
        devices);
  }

  private Optional<RollbackView> done(Tx tx, ChannelId id, Optional<Head> head) {
    Optional<RollbackView> aborted =
        parts.rollouts.takenBack(tx, id).map(rollout -> view(id, How.UNDER_WAY, rollout, 0));
    return aborted.or(() -> head.flatMap(h -> h.left().map(left -> moved(id, h, left))));
  }

  private RollbackView moved(ChannelId id, Head head, Digest left) {
    return new RollbackView(
        id.slot(),
        id.channel(),
        How.UNDER_WAY,
        Optional.empty(),
        parts.releases.require(left).id(),
        Optional.of(parts.releases.require(head.release()).id()),
        0);
  }

  private RollbackView moveHead(Tx tx, ChannelId id, String reason, String actor) {
    WayBack.Taken taken = parts.wayBack.take(tx, id, reason, actor);
    return new RollbackView(
        id.slot(),
        id.channel(),
        How.HEAD_MOVED,
        Optional.empty(),
        taken.from(),
        Optional.of(taken.to()),
        taken.devices());
  }

  private void requireExpected(ChannelId id, Optional<Head> head, Optional<ReleaseId> expected) {
    if (expected.isEmpty()) return;
    Optional<ReleaseId> is = head.map(h -> parts.releases.require(h.release()).id());
    if (is.equals(expected)) return;
    throw Refusal.of(Code.CONFLICT, "the channel's head is another one by now")
        .at(id.toString())
        .expected(expected.get())
        .got(is.map(ReleaseId::toString).orElse("none"))
        .fix("look at the channel again");
  }
}

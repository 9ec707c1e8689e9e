package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;

/** What other updaters ask and are told. */
final class PermitForm {
  static final Codec<PermitRequest> REQUEST =
      Codec.of(
          request ->
              Tree.object()
                  .maybe("device", request.device())
                  .maybe("selector", request.selector())
                  .put("owner", request.owner())
                  .put("reason", request.reason())
                  .put("for", Wire.duration(request.time()))
                  .maybe("changed", request.changed())
                  .done(),
          f ->
              new PermitRequest(
                  f.maybeParsed("device", DeviceId::new),
                  f.maybeParsed("selector", Selector::parse),
                  f.text("owner"),
                  f.text("reason", ""),
                  f.maybeParsed("for", Durations::parse).orElse(PermitRequest.DEFAULT),
                  f.maybe("changed", Fields::text)));

  static final Codec<PermitView> VIEW =
      Codec.open(
          view -> {
            Tree tree =
                Tree.object()
                    .put("state", Fields.word(view.state()))
                    .maybe("until", view.until())
                    .list("why", view.why(), true, Tree::text);
            view.restraint().ifPresent(id -> tree.put("restraint", id.longValue()));
            return tree.done();
          },
          f ->
              new PermitView(
                  f.get("state", Fields.constant(PermitView.State.class)),
                  f.maybe("restraint", Fields::integer),
                  Words.maybeAt(f, "until"),
                  f.list("why", Fields::text)));

  private PermitForm() {}
}

package dev.hatchery.wire.api;

import dev.hatchery.core.Name;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Tree;

/** Operators and their tokens. */
final class OperatorForm {
  static final Codec<OperatorRequest> REQUEST =
      Codec.of(
          request -> Tree.object().put("name", request.name()).done(),
          f -> new OperatorRequest(f.parsed("name", Name::new)));

  static final Codec<OperatorView> OPERATOR =
      Codec.open(
          view ->
              Tree.object()
                  .put("name", view.name())
                  .put("createdAt", view.createdAt())
                  .maybe("token", view.token().map(Secret::reveal))
                  .done(),
          f ->
              new OperatorView(
                  f.parsed("name", Name::new),
                  Words.at(f, "createdAt"),
                  f.maybeParsed("token", Secret::new)));

  private OperatorForm() {}
}

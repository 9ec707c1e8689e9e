package dev.hatchery.wire.api;

import dev.hatchery.core.Name;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.util.Optional;

/** Operators and their tokens. */
final class OperatorForm {
  static final Codec<OperatorRequest> REQUEST =
      Codec.of(
          request ->
              Tree.object()
                  .put("name", request.name())
                  .maybe("role", unusual(request.role()))
                  .done(),
          f -> new OperatorRequest(f.parsed("name", Name::new), role(f)));

  static final Codec<OperatorView> OPERATOR =
      Codec.open(
          view ->
              Tree.object()
                  .put("name", view.name())
                  .put("createdAt", view.createdAt())
                  .maybe("token", view.token().map(Secret::reveal))
                  .maybe("role", unusual(view.role()))
                  .done(),
          f ->
              new OperatorView(
                  f.parsed("name", Name::new),
                  Words.at(f, "createdAt"),
                  f.maybeParsed("token", Secret::new),
                  role(f)));

  private OperatorForm() {}

  private static Optional<String> unusual(OperatorRole role) {
    return role == OperatorRole.OPERATOR ? Optional.empty() : Optional.of(Fields.word(role));
  }

  private static OperatorRole role(Fields f) {
    return f.or("role", Fields.constant(OperatorRole.class), OperatorRole.OPERATOR);
  }
}

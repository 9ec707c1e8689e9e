package dev.hatchery.wire;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Durations;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.Optional;

/** {@code {count: 1, expires: 24h}}; a count of 0 says that a stage needs nobody. */
final class ApprovalForm {
  private ApprovalForm() {}

  static Node write(Approval approval) {
    return Tree.object()
        .put("count", approval.count())
        .put("expires", Wire.duration(approval.expires()))
        .done();
  }

  static Optional<Approval> read(Node node) {
    return Fields.read(
        node,
        f -> {
          int count = f.or("count", Fields::smallInteger, Approval.DEFAULT_COUNT);
          var expires = f.maybeParsed("expires", Durations::parse).orElse(Approval.DEFAULT_EXPIRES);
          return count == 0 ? Optional.empty() : Optional.of(new Approval(count, expires));
        });
  }
}

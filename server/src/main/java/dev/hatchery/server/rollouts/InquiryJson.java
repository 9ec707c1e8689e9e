package dev.hatchery.server.rollouts;

import dev.hatchery.rollout.Inquiry;
import dev.hatchery.rollout.QueryAnswer;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a rollout keeps of its gates' queries, as it is stored. */
final class InquiryJson {
  private InquiryJson() {}

  static Optional<Node> unlessNone(Map<String, Inquiry> inquiries) {
    return inquiries.isEmpty()
        ? Optional.empty()
        : Optional.of(Tree.map(new TreeMap<>(inquiries), InquiryJson::inquiry));
  }

  static Map<String, Inquiry> read(Node node) {
    return Fields.map(node, metric -> metric, InquiryJson::inquiry);
  }

  private static Node inquiry(Inquiry inquiry) {
    return Tree.object()
        .maybe("before", inquiry.before().map(InquiryJson::value))
        .maybe("bad", inquiry.bad().map(InquiryJson::bad))
        .done();
  }

  private static Inquiry inquiry(Node node) {
    return Fields.read(
        node,
        f -> new Inquiry(f.maybe("before", InquiryJson::value), f.maybe("bad", InquiryJson::bad)));
  }

  private static Node value(QueryAnswer.Value value) {
    return Tree.object().put("value", value.value()).put("at", value.at()).done();
  }

  private static QueryAnswer.Value value(Node node) {
    return Fields.read(
        node,
        f -> new QueryAnswer.Value(f.get("value", Fields::real), f.parsed("at", Instant::parse)));
  }

  private static Node bad(Inquiry.Bad bad) {
    return Tree.object().put("since", bad.since()).put("last", bad.last()).done();
  }

  private static Inquiry.Bad bad(Node node) {
    return Fields.read(
        node,
        f -> new Inquiry.Bad(f.parsed("since", Instant::parse), f.parsed("last", Instant::parse)));
  }
}

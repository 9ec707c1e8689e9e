package dev.hatchery.server.rollouts;

import dev.hatchery.rollout.Consent;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.Instant;

/** What people have said about a rollout, as it is stored. */
final class ConsentJson {
  private ConsentJson() {}

  static Node write(Consent consent) {
    return Tree.object()
        .put("author", consent.author())
        .list("given", consent.given(), false, ConsentJson::given)
        .put("begun", consent.begun())
        .maybe("waitingSince", consent.waitingSince())
        .done();
  }

  static Consent read(Node node) {
    return Fields.read(
        node,
        f ->
            new Consent(
                f.text("author"),
                f.list("given", ConsentJson::given),
                f.get("begun", Fields::smallInteger),
                f.maybeParsed("waitingSince", Instant::parse)));
  }

  static Node undone(Rollout.Undone undone) {
    return Tree.object()
        .put("by", undone.by())
        .put("reason", undone.reason())
        .put("at", undone.at())
        .done();
  }

  static Rollout.Undone undone(Node node) {
    return Fields.read(
        node,
        f -> new Rollout.Undone(f.text("by"), f.text("reason"), f.parsed("at", Instant::parse)));
  }

  private static Node given(Consent.Given given) {
    return Tree.object()
        .put("by", given.by())
        .put("comment", given.comment())
        .put("at", given.at())
        .done();
  }

  private static Consent.Given given(Node node) {
    return Fields.read(
        node,
        f -> new Consent.Given(f.text("by"), f.text("comment"), f.parsed("at", Instant::parse)));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;

/** Releases and channels. */
final class ReleaseForm {
  static final Codec<ReleaseRequest> REQUEST =
      Codec.of(
          request -> Tree.object().put("release", request.release()).done(),
          f -> new ReleaseRequest(f.parsed("release", ReleaseId::parse)));

  static final Codec<ReleaseView> RELEASE =
      Codec.open(
          view ->
              Tree.object()
                  .put("release", view.release())
                  .put("digest", view.digest())
                  .put("releaseCounter", view.releaseCounter())
                  .put("size", view.size().bytes())
                  .list("signedBy", view.signedBy(), true, Tree::text)
                  .put("createdAt", view.createdAt())
                  .done(),
          f ->
              new ReleaseView(
                  f.parsed("release", ReleaseId::parse),
                  f.parsed("digest", Digest::parse),
                  f.integer("releaseCounter"),
                  new DataSize(f.integer("size")),
                  f.list("signedBy", Fields.parsing(Digest::parse)),
                  Words.at(f, "createdAt")));

  static final Codec<ChannelView> CHANNEL =
      Codec.open(
          view ->
              Tree.object()
                  .put("slot", view.slot())
                  .put("channel", view.channel())
                  .maybe("head", view.head())
                  .maybe("previous", view.previous())
                  .maybe("movedAt", view.movedAt())
                  .put("devices", view.devices())
                  .done(),
          f ->
              new ChannelView(
                  f.parsed("slot", Name::new),
                  f.parsed("channel", Name::new),
                  f.maybeParsed("head", ReleaseId::parse),
                  f.maybeParsed("previous", ReleaseId::parse),
                  Words.maybeAt(f, "movedAt"),
                  f.integer("devices")));

  static final Codec<RollbackRequest> ROLLBACK_REQUEST =
      Codec.of(
          request ->
              Tree.object().put("reason", request.reason()).maybe("head", request.head()).done(),
          f -> new RollbackRequest(f.text("reason"), f.maybeParsed("head", ReleaseId::parse)));

  static final Codec<RollbackView> ROLLBACK =
      Codec.open(
          view ->
              Tree.object()
                  .put("slot", view.slot())
                  .put("channel", view.channel())
                  .put("how", Fields.word(view.how()))
                  .maybe("rollout", view.rollout())
                  .put("from", view.from())
                  .maybe("to", view.to())
                  .put("devices", view.devices())
                  .done(),
          f ->
              new RollbackView(
                  f.parsed("slot", Name::new),
                  f.parsed("channel", Name::new),
                  f.get("how", Fields.constant(RollbackView.How.class)),
                  f.maybe("rollout", Fields::text),
                  f.parsed("from", ReleaseId::parse),
                  f.maybeParsed("to", ReleaseId::parse),
                  f.integer("devices")));

  private ReleaseForm() {}
}

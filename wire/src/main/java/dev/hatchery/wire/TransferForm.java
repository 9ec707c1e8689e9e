package dev.hatchery.wire;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Name;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.OptionalLong;

/**
 * What a device asks before it fetches. Answers may grow: a device may be older than its server.
 */
final class TransferForm {
  static final Codec<DeltaOffers> OFFERS =
      Codec.open(
          offers ->
              Tree.object()
                  .put("target", offers.target())
                  .put("size", offers.size())
                  .list("offers", offers.offers(), true, TransferForm::offer)
                  .put("pending", offers.pending())
                  .done(),
          f ->
              new DeltaOffers(
                  f.parsed("target", Digest::parse),
                  f.integer("size"),
                  f.list("offers", TransferForm::offer),
                  f.bool("pending", false)));

  static final Codec<LeaseRequest> LEASE_REQUEST =
      Codec.of(
          request ->
              Tree.object()
                  .put("slot", request.slot())
                  .put("commandId", request.commandId())
                  .put("blob", request.blob())
                  .put("bytes", request.bytes())
                  .put("patch", request.patch())
                  .put("peers", request.peers())
                  .done(),
          f ->
              new LeaseRequest(
                  f.parsed("slot", Name::new),
                  f.text("commandId"),
                  f.parsed("blob", Digest::parse),
                  f.integer("bytes"),
                  f.bool("patch", false),
                  f.bool("peers", true)));

  static final Codec<LeaseUse> LEASE_USE =
      Codec.of(
          use -> Tree.object().put("bytes", use.bytes()).put("done", use.done()).done(),
          f -> new LeaseUse(f.integer("bytes"), f.bool("done", false)));

  static final Codec<LeaseAnswer> LEASE_ANSWER =
      Codec.open(
          answer ->
              switch (answer) {
                case LeaseAnswer.Granted granted -> granted(granted);
                case LeaseAnswer.Wait wait -> wait(wait);
              },
          f ->
              switch (f.get("answer", Fields.constant(Kind.class))) {
                case GRANTED -> granted(f);
                case WAIT -> wait(f);
              });

  private enum Kind {
    GRANTED,
    WAIT
  }

  private TransferForm() {}

  private static Node offer(DeltaOffer offer) {
    return Tree.object()
        .maybe("base", offer.base())
        .put("patch", offer.patch())
        .put("size", offer.size())
        .done();
  }

  private static DeltaOffer offer(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new DeltaOffer(
                f.maybeParsed("base", Digest::parse),
                f.parsed("patch", Digest::parse),
                f.integer("size")));
  }

  private static Node granted(LeaseAnswer.Granted granted) {
    Tree tree =
        Tree.object()
            .put("answer", Fields.word(Kind.GRANTED))
            .put("lease", granted.lease())
            .put("valid", Wire.duration(granted.valid()))
            .maybe("rate", granted.rate());
    granted.bytes().ifPresent(bytes -> tree.put("bytes", bytes));
    return tree.done();
  }

  private static LeaseAnswer granted(Fields f) {
    return new LeaseAnswer.Granted(
        f.text("lease"),
        f.parsed("valid", Durations::parse),
        f.maybeParsed("rate", DataSize::parse),
        f.maybe("bytes", Fields::integer).map(OptionalLong::of).orElse(OptionalLong.empty()));
  }

  private static Node wait(LeaseAnswer.Wait wait) {
    return Tree.object()
        .put("answer", Fields.word(Kind.WAIT))
        .put("retryAfter", Wire.duration(wait.retryAfter()))
        .put("reason", wait.reason())
        .put("siteIsFetching", wait.siteIsFetching())
        .done();
  }

  private static LeaseAnswer wait(Fields f) {
    return new LeaseAnswer.Wait(
        f.parsed("retryAfter", Durations::parse),
        f.text("reason", ""),
        f.bool("siteIsFetching", false));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;

/** Devices, keys and records. */
final class FleetForm {
  static final Codec<DirectorView> DIRECTOR =
      Codec.open(
          view ->
              Tree.object()
                  .put("algorithm", Fields.word(view.key().algorithm()))
                  .put("spki", view.key().spki().base64())
                  .put("keyId", view.key().id())
                  .done(),
          f ->
              new DirectorView(
                  new TrustedKey(
                      f.get("algorithm", Fields.constant(TrustedKey.Algorithm.class)),
                      f.parsed("spki", Bytes::base64))));

  static final Codec<TrustView> TRUST =
      Codec.open(
          view ->
              Tree.object().put("version", view.version()).put("expires", view.expires()).done(),
          f -> new TrustView(f.integer("version"), Words.at(f, "expires")));

  static final Codec<DeviceView> DEVICE = Codec.open(FleetForm::device, FleetForm::device);

  static final Codec<EnrolmentTokenRequest> REQUEST =
      Codec.of(
          request ->
              Tree.object()
                  .put("maxUses", request.maxUses())
                  .put("validFor", Words.duration(request.validFor()))
                  .done(),
          f ->
              new EnrolmentTokenRequest(
                  f.get("maxUses", Fields::smallInteger), Words.duration(f, "validFor")));

  static final Codec<EnrolmentTokenView> TOKEN =
      Codec.open(
          view ->
              Tree.object()
                  .put("id", view.id())
                  .put("expires", view.expires())
                  .put("file", Wire.ENROLMENT_FILE.write(view.file()))
                  .done(),
          f ->
              new EnrolmentTokenView(
                  f.text("id"), Words.at(f, "expires"), f.get("file", Wire.ENROLMENT_FILE::read)));

  static final Codec<AuditView> AUDIT =
      Codec.open(
          view ->
              Tree.object()
                  .put("seq", view.seq())
                  .put("at", view.at())
                  .put("actor", view.actor())
                  .put("action", view.action())
                  .put("object", view.object())
                  .put("detail", view.detail())
                  .put("prev", view.prev())
                  .put("hash", view.hash())
                  .done(),
          f ->
              new AuditView(
                  f.integer("seq"),
                  Words.at(f, "at"),
                  f.text("actor"),
                  f.text("action"),
                  f.text("object"),
                  f.text("detail"),
                  f.parsed("prev", Digest::parse),
                  f.parsed("hash", Digest::parse)));

  private FleetForm() {}

  private static Node device(DeviceView view) {
    return Tree.object()
        .put("id", view.id())
        .put("keyId", view.keyId())
        .put("labels", Wire.LABELS.write(view.labels()))
        .put("ownLabels", Wire.LABELS.write(view.own()))
        .put("operatorLabels", Wire.LABELS.write(view.given()))
        .put("facts", Wire.FACTS.write(view.facts()))
        .put("enrolledAt", view.enrolledAt())
        .maybe("lastSeen", view.lastSeen())
        .put("counter", view.counter())
        .put("heldCounter", view.heldCounter())
        .put("slots", Tree.map(view.slots(), FleetForm::slot))
        .done();
  }

  private static DeviceView device(Fields f) {
    return new DeviceView(
        f.parsed("id", DeviceId::new),
        f.parsed("keyId", Digest::parse),
        f.get("labels", Wire.LABELS::read),
        f.get("ownLabels", Wire.LABELS::read),
        f.get("operatorLabels", Wire.LABELS::read),
        f.get("facts", Wire.FACTS::read),
        Words.at(f, "enrolledAt"),
        Words.maybeAt(f, "lastSeen"),
        f.integer("counter"),
        f.integer("heldCounter"),
        f.map("slots", Name::new, FleetForm::slot));
  }

  private static Node slot(DeviceView.Slot slot) {
    return Tree.object()
        .put("channel", slot.channel())
        .maybe("ordered", slot.ordered())
        .maybe("running", slot.running())
        .maybe("status", slot.status().map(Wire.SLOT_STATUS::write))
        .done();
  }

  private static DeviceView.Slot slot(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new DeviceView.Slot(
                f.parsed("channel", Name::new),
                f.maybeParsed("ordered", ReleaseId::parse),
                f.maybeParsed("running", ReleaseId::parse),
                f.maybe("status", Wire.SLOT_STATUS::read)));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.DateTimeException;
import java.time.YearMonth;

/** What bytes were and will be spent, and why. */
final class BytesForm {
  static final Codec<ExpectedBytes> EXPECTED =
      Codec.open(
          view ->
              Tree.object()
                  .put("full", view.full())
                  .put("planned", view.planned())
                  .put("devices", view.devices())
                  .put("withDelta", view.withDelta())
                  .put("ready", view.ready())
                  .put("detail", view.detail())
                  .done(),
          f ->
              new ExpectedBytes(
                  f.integer("full"),
                  f.integer("planned"),
                  f.get("devices", Fields::smallInteger),
                  f.get("withDelta", Fields::smallInteger),
                  f.bool("ready", false),
                  f.text("detail", "")));

  static final Codec<Explanation> EXPLANATION =
      Codec.open(
          view ->
              Tree.object()
                  .put("device", view.device())
                  .put("slots", Tree.map(view.slots(), lines -> Tree.list(lines, BytesForm::line)))
                  .done(),
          f ->
              new Explanation(
                  f.parsed("device", DeviceId::new),
                  f.map("slots", Name::new, node -> Fields.list(node, Fields::text))));

  static final Codec<BytesRow> ROW =
      Codec.open(
          row ->
              Tree.object()
                  .put("key", row.key())
                  .put("month", row.month())
                  .put("full", row.traffic().full())
                  .put("delta", row.traffic().delta())
                  .put("peer", row.traffic().peer())
                  .put("resumed", row.traffic().resumed())
                  .put("sent", row.wire().sent())
                  .put("received", row.wire().received())
                  .done(),
          f ->
              new BytesRow(
                  f.text("key"),
                  f.parsed("month", BytesForm::month),
                  new Traffic(
                      f.integer("full"),
                      f.integer("delta"),
                      f.integer("peer"),
                      f.integer("resumed")),
                  new WireCount(f.integer("sent"), f.integer("received"))));

  private BytesForm() {}

  private static Node line(String line) {
    return Tree.text(line);
  }

  static YearMonth month(String text) {
    try {
      return YearMonth.parse(text);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a month")
          .expected("for example 2026-11")
          .got(text)
          .cause(e);
    }
  }
}

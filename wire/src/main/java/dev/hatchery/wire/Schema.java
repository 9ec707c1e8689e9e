package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Function;

/** What the forms share: the schema line, instants, words. */
final class Schema {
  private Schema() {}

  /** A document of an unknown major version is refused, never guessed at. */
  static void check(Fields fields, String schema) {
    String got = fields.text("schema");
    if (!got.equals(schema)) {
      throw Refusal.of(Code.BAD_INPUT, "this document has another form than expected")
          .expected("schema " + schema)
          .got(got)
          .fix("use a matching version of Hatchery");
    }
  }

  static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a time")
          .expected("ISO 8601 in UTC, for example 2026-01-31T12:00:00Z")
          .got(text)
          .cause(e);
    }
  }

  static <E extends Enum<E>> Function<String, E> word(Class<E> type) {
    Function<Node, E> constant = Fields.constant(type);
    return text -> constant.apply(new Node.Text(text, Place.NOWHERE));
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Times and codes, as the views write them. */
final class Words {
  private Words() {}

  static Instant at(Fields f, String name) {
    return f.parsed(name, Words::instant);
  }

  static Optional<Instant> maybeAt(Fields f, String name) {
    return f.maybeParsed(name, Words::instant);
  }

  static Node duration(Duration duration) {
    return Tree.text(Durations.format(duration));
  }

  static Duration duration(Fields f, String name) {
    return f.parsed(name, Durations::parse);
  }

  /** A server from before there were sources tells one number. */
  static Traffic traffic(Fields f) {
    return f.maybe("traffic", Wire.TRAFFIC::read)
        .orElseGet(() -> Traffic.of(Traffic.Source.FULL, f.integer("bytesDownloaded")));
  }

  static Code code(String text) {
    try {
      return Code.valueOf(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(Code.BAD_INPUT, "this code is not known").got(text).cause(e);
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a time")
          .expected("ISO 8601 in UTC")
          .got(text)
          .cause(e);
    }
  }
}

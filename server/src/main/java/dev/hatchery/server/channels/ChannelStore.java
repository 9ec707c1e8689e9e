package dev.hatchery.server.channels;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FitRule.UnknownFacts;
import dev.hatchery.core.Name;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.orders.Terms;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The stacks of heads. */
public final class ChannelStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(4);

  private ChannelStore() {}

  /** What a channel names now. */
  public static Optional<Head> head(Rows rows, ChannelId id) {
    return stack(rows, id).stream().findFirst();
  }

  /** What it named before. */
  public static Optional<Head> previous(Rows rows, ChannelId id) {
    return stack(rows, id).stream().skip(1).findFirst();
  }

  /** Moves a channel's head on. */
  public static Head push(Tx tx, ChannelId id, Digest release, Terms terms, Instant at) {
    int depth = head(tx, id).map(Head::depth).orElse(0) + 1;
    tx.run(
        "INSERT INTO channel_head (slot, channel, depth, digest, terms, at)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        id.slot(),
        id.channel(),
        depth,
        release,
        text(terms),
        at);
    return new Head(depth, release, terms, Optional.empty(), at);
  }

  /** Takes the head off; the one before is the head from now on. */
  public static void pop(Tx tx, ChannelId id, Head head, Instant at) {
    tx.run(
        "DELETE FROM channel_head WHERE slot = ? AND channel = ? AND depth = ?",
        id.slot(),
        id.channel(),
        head.depth());
    tx.run(
        "UPDATE channel_head SET at = ?, left_digest = ? WHERE slot = ? AND channel = ?"
            + " AND depth = ?",
        at,
        head.release(),
        id.slot(),
        id.channel(),
        head.depth() - 1);
  }

  /** The releases that some channel names, or goes back to. */
  public static Set<Digest> named(Rows rows) {
    return all(rows).stream()
        .flatMap(id -> stack(rows, id).stream())
        .map(Head::release)
        .collect(Collectors.toSet());
  }

  /** The releases that some channel of a slot names, or goes back to. */
  public static List<Digest> named(Rows rows, Name slot) {
    return all(rows).stream()
        .filter(id -> id.slot().equals(slot))
        .flatMap(id -> stack(rows, id).stream())
        .map(Head::release)
        .toList();
  }

  static List<ChannelId> all(Rows rows) {
    return rows.list(
        "SELECT DISTINCT slot, channel FROM channel_head",
        row -> new ChannelId(new Name(row.text("slot")), new Name(row.text("channel"))));
  }

  private static List<Head> stack(Rows rows, ChannelId id) {
    return rows.list(
        "SELECT * FROM channel_head WHERE slot = ? AND channel = ? ORDER BY depth DESC LIMIT 2",
        ChannelStore::head,
        id.slot(),
        id.channel());
  }

  private static Head head(Row row) {
    return new Head(
        (int) row.integer("depth"),
        Digest.parse(row.text("digest")),
        terms(row.text("terms").getBytes(StandardCharsets.UTF_8)),
        row.maybeText("left_digest").map(Digest::parse),
        row.at("at"));
  }

  private static String text(Terms terms) {
    return new String(
        Json.write(
            Tree.object()
                .put("trial", Wire.TRIAL.write(terms.trial()))
                .put("window", Wire.duration(terms.window()))
                .put("warmUp", Wire.duration(terms.warmUp()))
                .put("delivery", Wire.DELIVERY.write(terms.delivery()))
                .put("unknownFacts", Fields.word(terms.unknownFacts()))
                .done()),
        StandardCharsets.UTF_8);
  }

  private static Terms terms(byte[] json) {
    return Fields.read(
        Json.parse(json, COLUMN_MAX, "stored terms"),
        f ->
            new Terms(
                f.get("trial", Wire.TRIAL::read),
                f.get("window", Wire::duration),
                f.get("warmUp", Wire::duration),
                f.or("delivery", Wire.DELIVERY::read, Delivery.DEFAULT),
                f.or("unknownFacts", Fields.constant(UnknownFacts.class), UnknownFacts.HOLD)));
  }
}

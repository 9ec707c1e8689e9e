package dev.hatchery.agent.journal;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.time.DateTimeException;
import java.time.Instant;

/** An entry's type byte and JSON. A type byte is never reused. */
final class EntryForm {
  static final DataSize MAX = DataSize.kib(64);

  private EntryForm() {}

  static byte type(Step step) {
    return switch (step) {
      case Step.Accepted _ -> 1;
      case Step.Fetched _ -> 2;
      case Step.Verified _ -> 3;
      case Step.Trial _ -> 4;
      case Step.Started _ -> 5;
      case Step.Confirmed _ -> 6;
      case Step.RollingBack _ -> 7;
      case Step.RolledBack _ -> 8;
      case Step.Failed _ -> 9;
      case Step.Repaired _ -> 10;
      case Step.Restarted _ -> 11;
      case Step.Refused _ -> 12;
      case Step.Shadowing _ -> 13;
      case Step.Shadowed _ -> 14;
    };
  }

  static byte[] json(Entry entry) {
    Tree tree =
        Tree.object()
            .put("at", entry.at())
            .put("slot", entry.slot())
            .put("command", entry.commandId())
            .maybe("bundle", entry.bundle())
            .put("traffic", Wire.TRAFFIC.write(entry.traffic()));
    switch (entry.step()) {
      case Step.Accepted s ->
          tree.put("order", Wire.ORDER.write(s.order()))
              .put("keyset", s.keyset())
              .put("counter", s.counter());
      case Step.Fetched s -> {
        if (!s.note().isEmpty()) tree.put("detail", s.note());
      }
      case Step.Verified _, Step.Confirmed _, Step.Shadowing _, Step.Shadowed _ -> {}
      case Step.Trial s -> tree.maybe("lkg", s.lkg()).put("startsLeft", s.startsLeft());
      case Step.Started s -> tree.put("startsLeft", s.startsLeft());
      case Step.RollingBack s -> why(tree.maybe("to", s.to()), s);
      case Step.RolledBack s -> why(tree.put("to", s.to()), s);
      case Step.Refused s -> why(tree.put("document", s.document()), s);
      case Step.Failed s -> why(tree, s);
      case Step.Repaired s -> why(tree, s);
      case Step.Restarted s -> tree.put("detail", s.detail());
    }
    return Json.write(tree.done());
  }

  private static void why(Tree tree, Step step) {
    tree.maybe("reason", step.why().map(Code::name)).put("detail", step.words());
  }

  static Entry read(long seq, byte type, byte[] json) {
    return Fields.read(
        Json.parse(json, MAX, "journal"),
        f ->
            new Entry(
                seq,
                f.parsed("at", EntryForm::instant),
                f.parsed("slot", Name::new),
                f.text("command"),
                f.maybeParsed("bundle", Digest::parse),
                traffic(f),
                step(type, f)));
  }

  // One number, before there were sources.
  private static Traffic traffic(Fields f) {
    return f.has("bytes")
        ? Traffic.of(Traffic.Source.FULL, f.integer("bytes"))
        : f.get("traffic", Wire.TRAFFIC::read);
  }

  private static Step step(byte type, Fields f) {
    return switch (type) {
      case 1 ->
          new Step.Accepted(
              f.get("order", Wire.ORDER::read), f.integer("keyset"), f.integer("counter"));
      case 2 -> new Step.Fetched(f.text("detail", ""));
      case 3 -> new Step.Verified();
      case 4 ->
          new Step.Trial(
              f.maybeParsed("lkg", Digest::parse), f.get("startsLeft", Fields::smallInteger));
      case 5 -> new Step.Started(f.get("startsLeft", Fields::smallInteger));
      case 6 -> new Step.Confirmed();
      case 7 -> new Step.RollingBack(f.maybeParsed("to", Digest::parse), reason(f), detail(f));
      case 8 -> new Step.RolledBack(f.parsed("to", Digest::parse), reason(f), detail(f));
      case 9 -> new Step.Failed(reason(f), detail(f));
      case 10 -> new Step.Repaired(reason(f), detail(f));
      case 11 -> new Step.Restarted(detail(f));
      case 13 -> new Step.Shadowing();
      case 14 -> new Step.Shadowed();
      case 12 -> new Step.Refused(f.parsed("document", Digest::parse), reason(f), detail(f));
      default ->
          throw Refusal.of(Code.STORAGE, "a journal record is of a kind this agent does not know")
              .got(type)
              .fix("do not run an older agent on a newer agent's folder");
    };
  }

  private static Code reason(Fields f) {
    String name = f.text("reason");
    for (Code code : Code.values()) {
      if (code.name().equals(name)) return code;
    }
    throw Refusal.of(Code.STORAGE, "a journal record has an unknown reason").got(name);
  }

  private static String detail(Fields f) {
    return f.text("detail");
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.STORAGE, "a journal record has no time").got(text).cause(e);
    }
  }
}

package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;

/** Pins, holds and freezes. */
final class RestraintForm {
  static final Codec<Restraint> RESTRAINT =
      Codec.of(restraint -> tree(restraint).done(), RestraintForm::read);

  static final Codec<RestraintView> VIEW =
      Codec.open(
          view ->
              tree(view.restraint())
                  .put("id", view.id())
                  .put("by", view.by())
                  .put("at", view.at())
                  .maybe("owner", view.owner())
                  .done(),
          f ->
              new RestraintView(
                  f.integer("id"),
                  read(f),
                  f.text("by"),
                  Words.at(f, "at"),
                  f.maybe("owner", Fields::text)));

  private RestraintForm() {}

  private static Tree tree(Restraint r) {
    return Tree.object()
        .put("kind", Fields.word(r.kind()))
        .maybe("slot", r.slot())
        .maybe("device", r.device())
        .maybe("selector", r.selector())
        .put("from", r.from())
        .maybe("until", r.until())
        .put("reason", r.reason());
  }

  private static Restraint read(Fields f) {
    return new Restraint(
        f.get("kind", Fields.constant(Restraint.Kind.class)),
        f.maybeParsed("slot", Name::new),
        f.maybeParsed("device", DeviceId::new),
        f.maybeParsed("selector", Selector::parse),
        Words.at(f, "from"),
        Words.maybeAt(f, "until"),
        f.text("reason"));
  }
}

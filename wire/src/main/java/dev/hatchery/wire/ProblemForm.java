package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Tree;
import java.util.Locale;

/** RFC 9457: type, title, status, and our members code, where, expected, got, fix. */
final class ProblemForm {
  private static final String TYPE = "urn:hatchery:problem:";

  static final Codec<Refusal.Problem> CODEC =
      Codec.of(
          problem ->
              Tree.object()
                  .put("type", TYPE + problem.code().name().toLowerCase(Locale.ROOT))
                  .put("title", problem.title())
                  .put("status", problem.code().httpStatus())
                  .put("code", problem.code().name())
                  .put("where", problem.where())
                  .put("expected", problem.expected())
                  .put("got", problem.got())
                  .put("fix", problem.fix())
                  .done(),
          f -> {
            f.text("type", "");
            f.integer("status", 0);
            return new Refusal.Problem(
                f.parsed("code", ProblemForm::code),
                f.text("title"),
                f.text("where", ""),
                f.text("expected", ""),
                f.text("got", ""),
                f.text("fix", ""));
          });

  private ProblemForm() {}

  static Code code(String text) {
    try {
      return Code.valueOf(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(Code.BAD_INPUT, "this code is not known").got(text).cause(e);
    }
  }
}

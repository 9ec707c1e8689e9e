package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Shares as people write them: {@code 5%} is 0.05. */
final class Shares {
  private static final Pattern FORM = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");

  private Shares() {}

  /** A bare number is refused: nobody should have to guess whether 5 means 5% or 500%. */
  static double read(Node node) {
    if (node instanceof Node.Text text) {
      var m = FORM.matcher(text.value());
      if (m.matches()) return Double.parseDouble(m.group(1)) / 100;
    }
    throw Refusal.of(Code.BAD_SPEC, "this is not a percentage")
        .at(node.place().toString())
        .expected("a number and %, for example 5%")
        .got(node instanceof Node.Text text ? text.value() : node.kind());
  }

  /** A share that may be negative, as a difference of two. */
  static double signed(Node node) {
    return node instanceof Node.Text text && text.value().startsWith("-")
        ? -read(new Node.Text(text.value().substring(1), node.place()))
        : read(node);
  }

  /** Under a field that says percent already, {@code 30} and {@code 30%} mean the same. */
  static double percent(Node node) {
    return node instanceof Node.Text ? read(node) * 100 : Fields.real(node);
  }

  static String text(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
  }
}

package dev.hatchery.core;

import java.util.ArrayList;
import java.util.List;

/**
 * A conjunction of bounds such as {@code >=5.1.0 <5.3.0}. Missing minor or patch numbers count as
 * 0, so {@code <2} means {@code <2.0.0}. An empty text matches every version.
 */
public record VersionRange(List<Bound> bounds) {
  private static final int MAX_BOUNDS = 8;

  public VersionRange {
    bounds = List.copyOf(bounds);
  }

  /** One comparison. */
  public record Bound(Operator operator, Version version) {}

  /** How a bound compares. */
  public enum Operator {
    GE(">="),
    LE("<="),
    GT(">"),
    LT("<"),
    EQ("=");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }
  }

  public static VersionRange parse(String text) {
    List<Bound> bounds = new ArrayList<>();
    for (String part : text.strip().split("\\s+", -1)) {
      if (!part.isEmpty()) bounds.add(bound(part, text));
    }
    if (bounds.size() > MAX_BOUNDS) throw notARange(text);
    return new VersionRange(bounds);
  }

  private static Bound bound(String part, String whole) {
    for (Operator operator : Operator.values()) {
      if (part.startsWith(operator.sign)) {
        String rest = part.substring(operator.sign.length());
        long dots = rest.chars().filter(c -> c == '.').count();
        if (rest.isEmpty() || (dots > 2 && !rest.contains("-"))) throw notARange(whole);
        String full = rest.contains("-") ? rest : rest + ".0".repeat(Math.max(0, 2 - (int) dots));
        return new Bound(operator, Version.parse(full));
      }
    }
    throw notARange(whole);
  }

  private static Refusal notARange(String text) {
    return Refusal.of(Code.BAD_INPUT, "this is not a version range")
        .expected("bounds such as \">=5.1.0 <5.3.0\"")
        .got(text);
  }

  public boolean contains(Version version) {
    return bounds.stream().allMatch(b -> holds(b, version.compareTo(b.version)));
  }

  private static boolean holds(Bound bound, int comparison) {
    return switch (bound.operator) {
      case GE -> comparison >= 0;
      case LE -> comparison <= 0;
      case GT -> comparison > 0;
      case LT -> comparison < 0;
      case EQ -> comparison == 0;
    };
  }

  @Override
  public String toString() {
    return String.join(" ", bounds.stream().map(b -> b.operator.sign + b.version).toList());
  }
}

package dev.hatchery.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which devices, in Kubernetes' label-selector syntax: {@code site=oslo, network in (lte,sat),
 * power!=solar, camera, !lab}. All requirements must hold; an empty selector takes every device. As
 * in Kubernetes, {@code !=} and {@code notin} also take a device that lacks the label.
 */
public record Selector(List<Requirement> requirements) {
  private static final int MAX_LENGTH = 2048;
  private static final int MAX_VALUES = 256;
  private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EQUALITY = Pattern.compile("([^=!\\s]+)\\s*(==|=|!=)\\s*(\\S*)");
  public static final Selector EVERYTHING = new Selector(List.of());

  public Selector {
    requirements = List.copyOf(requirements);
  }

  /** One condition on one label. */
  public sealed interface Requirement {
    boolean holds(Labels labels);
  }

  /** {@code key in (a,b)}, and {@code key=a} as a set of one. */
  public record In(String key, Set<String> values) implements Requirement {
    @Override
    public boolean holds(Labels labels) {
      return labels.get(key).filter(values::contains).isPresent();
    }

    @Override
    public String toString() {
      return values.size() == 1
          ? key + "=" + values.iterator().next()
          : key + " in (" + String.join(",", values) + ")";
    }
  }

  /** {@code key notin (a,b)}, and {@code key!=a} as a set of one. */
  public record NotIn(String key, Set<String> values) implements Requirement {
    @Override
    public boolean holds(Labels labels) {
      return labels.get(key).filter(values::contains).isEmpty();
    }

    @Override
    public String toString() {
      return values.size() == 1
          ? key + "!=" + values.iterator().next()
          : key + " notin (" + String.join(",", values) + ")";
    }
  }

  /** {@code key}. */
  public record Exists(String key) implements Requirement {
    @Override
    public boolean holds(Labels labels) {
      return labels.get(key).isPresent();
    }

    @Override
    public String toString() {
      return key;
    }
  }

  /** {@code !key}. */
  public record Absent(String key) implements Requirement {
    @Override
    public boolean holds(Labels labels) {
      return labels.get(key).isEmpty();
    }

    @Override
    public String toString() {
      return "!" + key;
    }
  }

  public static Selector parse(String text) {
    if (text.length() > MAX_LENGTH) throw notASelector(text);
    List<Requirement> requirements = new ArrayList<>();
    for (String part : split(text)) requirements.add(requirement(part, text));
    return new Selector(requirements);
  }

  public boolean matches(Labels labels) {
    return requirements.stream().allMatch(r -> r.holds(labels));
  }

  // At commas outside parentheses.
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') depth++;
      if (c == ')') depth--;
      if (depth < 0 || depth > 1) throw notASelector(text);
      if (c == ',' && depth == 0) {
        parts.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    if (depth != 0) throw notASelector(text);
    String last = text.substring(from).strip();
    if (!last.isEmpty() || !parts.isEmpty()) parts.add(last);
    return parts;
  }

  private static Requirement requirement(String part, String whole) {
    var set = SET.matcher(part);
    if (set.matches()) {
      Set<String> values = new TreeSet<>();
      for (String v : set.group(3).split(",", -1)) values.add(value(v.strip(), whole));
      if (values.size() > MAX_VALUES) throw notASelector(whole);
      String key = key(set.group(1), whole);
      return set.group(2).equals("in") ? new In(key, values) : new NotIn(key, values);
    }
    var equality = EQUALITY.matcher(part);
    if (equality.matches()) {
      Set<String> one = Set.of(value(equality.group(3), whole));
      String key = key(equality.group(1), whole);
      return equality.group(2).equals("!=") ? new NotIn(key, one) : new In(key, one);
    }
    return part.startsWith("!")
        ? new Absent(key(part.substring(1).strip(), whole))
        : new Exists(key(part, whole));
  }

  private static String key(String key, String whole) {
    if (!Labels.KEY.matcher(key).matches()) throw notASelector(whole);
    return key;
  }

  private static String value(String value, String whole) {
    if (!Labels.VALUE.matcher(value).matches()) throw notASelector(whole);
    return value;
  }

  private static Refusal notASelector(String text) {
    return Refusal.of(Code.BAD_INPUT, "this is not a selector")
        .expected("Kubernetes syntax, for example: site=oslo, network in (lte,sat), !lab")
        .got(text);
  }

  @Override
  public String toString() {
    return String.join(", ", requirements.stream().map(Object::toString).toList());
  }
}

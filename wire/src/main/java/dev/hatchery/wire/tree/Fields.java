package dev.hatchery.wire.tree;

import dev.hatchery.core.Code;
import dev.hatchery.core.Nearest;
import dev.hatchery.core.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads an object's fields strictly. Use it through {@link #read}: it refuses the fields that
 * nobody asked for, and gives refusals of value constructors the place of the object they came
 * from.
 */
public final class Fields {
  private static final ClassValue<Words> WORDS =
      new ClassValue<>() {
        @Override
        protected Words computeValue(Class<?> type) {
          return Words.of(type);
        }
      };

  private final Node.Obj object;
  private final FieldMap fields;
  private final List<String> asked = new ArrayList<>(16);
  // Which of the fields were asked for, by where they stand.
  private final boolean[] known;
  private int next;

  private Fields(Node.Obj object) {
    this.object = object;
    this.fields = FieldMap.copyOf(object.fields());
    this.known = new boolean[fields.size()];
  }

  // Where a field stands, which is asked for by this; -1 when it is not there.
  private int ask(String name) {
    asked.add(name);
    int at = fields.indexOf(name, next);
    if (at < 0) return at;
    known[at] = true;
    next = at + 1;
    return at;
  }

  /** Decodes an object. Every field it has must be asked for by the decoder. */
  public static <T> T read(Node node, Function<Fields, T> decoder) {
    if (!(node instanceof Node.Obj object)) throw wrongKind(node, "an object");
    Fields fields = new Fields(object);
    try {
      T value = placed(node, fields, decoder);
      fields.refuseUnknown();
      return value;
    } catch (Refusal refusal) {
      // A misspelt field is why another seems to be missing: tell that first.
      if (refusal.problem().where().equals(node.place().toString())) fields.refuseMisspelt();
      throw refusal;
    }
  }

  /**
   * Decodes an object of somebody else's format, where later versions may add fields: what nobody
   * asked for passes, and null counts as absent.
   */
  public static <T> T readOpen(Node node, Function<Fields, T> decoder) {
    if (!(node instanceof Node.Obj object)) throw wrongKind(node, "an object");
    return placed(node, new Fields(withoutNulls(object)), decoder);
  }

  private static Node.Obj withoutNulls(Node.Obj object) {
    if (object.fields().values().stream().noneMatch(Node.Nil.class::isInstance)) return object;
    Map<String, Node> said = new LinkedHashMap<>(object.fields());
    said.values().removeIf(value -> value instanceof Node.Nil);
    return new Node.Obj(said, object.place());
  }

  public boolean has(String name) {
    return ask(name) >= 0;
  }

  /** A field that must be there. */
  public <T> T get(String name, Function<Node, T> reader) {
    int at = ask(name);
    if (at < 0) throw missing(name);
    Node node = fields.valueAt(at);
    return placed(node, node, reader);
  }

  private Refusal missing(String name) {
    return Refusal.of(Code.BAD_INPUT, "a field is missing")
        .at(object.place().toString())
        .expected(name)
        .got(fields.isEmpty() ? "no fields" : String.join(", ", fields.keySet()));
  }

  /** A field that may be absent; JSON's null is refused like any wrong kind. */
  public <T> Optional<T> maybe(String name, Function<Node, T> reader) {
    int at = ask(name);
    if (at < 0) return Optional.empty();
    Node node = fields.valueAt(at);
    return Optional.of(placed(node, node, reader));
  }

  public <T> T or(String name, Function<Node, T> reader, T whenAbsent) {
    int at = ask(name);
    if (at < 0) return whenAbsent;
    Node node = fields.valueAt(at);
    return placed(node, node, reader);
  }

  public String text(String name) {
    return get(name, Fields::text);
  }

  public String text(String name, String whenAbsent) {
    return or(name, Fields::text, whenAbsent);
  }

  public long integer(String name) {
    return get(name, Fields::integer);
  }

  public long integer(String name, long whenAbsent) {
    return or(name, Fields::integer, whenAbsent);
  }

  public boolean bool(String name, boolean whenAbsent) {
    return or(name, Fields::bool, whenAbsent);
  }

  /** A text field parsed by a value's own parser, for example {@code Digest::parse}. */
  public <T> T parsed(String name, Function<String, T> parser) {
    return get(name, node -> parser.apply(text(node)));
  }

  public <T> Optional<T> maybeParsed(String name, Function<String, T> parser) {
    return maybe(name, node -> parser.apply(text(node)));
  }

  /** A list; absent counts as empty. */
  public <T> List<T> list(String name, Function<Node, T> reader) {
    return or(name, node -> list(node, reader), List.of());
  }

  /** A map; absent counts as empty. */
  public <K, V> Map<K, V> map(String name, Function<String, K> key, Function<Node, V> reader) {
    return or(name, node -> map(node, key, reader), Map.of());
  }

  public static String text(Node node) {
    if (node instanceof Node.Text text) return text.value();
    throw wrongKind(node, "text");
  }

  public static long integer(Node node) {
    if (node instanceof Node.Int number) return number.value();
    throw wrongKind(node, "a whole number");
  }

  public static int smallInteger(Node node) {
    long value = integer(node);
    if (value != (int) value) throw wrongKind(node, "a whole number of 32 bits");
    return (int) value;
  }

  public static double real(Node node) {
    return switch (node) {
      case Node.Int number -> number.value();
      case Node.Real number -> number.value();
      case Node.Obj _, Node.Arr _, Node.Text _, Node.Bool _, Node.Nil _ ->
          throw wrongKind(node, "a number");
    };
  }

  public static boolean bool(Node node) {
    if (node instanceof Node.Bool bool) return bool.value();
    throw wrongKind(node, "true or false");
  }

  /** A reader of texts in a value's own form. */
  public static <T> Function<Node, T> parsing(Function<String, T> parser) {
    return node -> placed(node, node, n -> parser.apply(text(n)));
  }

  /** A reader of an enum's constants, written in lower case with hyphens. */
  public static <E extends Enum<E>> Function<Node, E> constant(Class<E> type) {
    return node -> placed(node, node, n -> constant(type, text(n)));
  }

  public static <T> List<T> list(Node node, Function<Node, T> reader) {
    if (!(node instanceof Node.Arr array)) throw wrongKind(node, "a list");
    List<T> items = new ArrayList<>(array.items().size());
    for (Node item : array.items()) items.add(placed(item, item, reader));
    return items;
  }

  public static <K, V> Map<K, V> map(Node node, Function<String, K> key, Function<Node, V> reader) {
    if (!(node instanceof Node.Obj object)) throw wrongKind(node, "an object");
    Map<K, V> map = new LinkedHashMap<>();
    object
        .fields()
        .forEach((name, value) -> map.put(placed(value, name, key), placed(value, value, reader)));
    return map;
  }

  /** How an enum's constant is written. */
  public static String word(Enum<?> constant) {
    return WORDS.get(constant.getDeclaringClass()).word(constant);
  }

  // How the constants of an enum are written, in their order.
  private record Words(Map<String, Object> constants, Map<Object, String> words) {
    static Words of(Class<?> type) {
      Object[] all = type.getEnumConstants();
      if (all == null) throw new AssertionError(type + " is no enum");
      Map<String, Object> constants = new LinkedHashMap<>();
      Map<Object, String> words = new HashMap<>();
      for (Object one : all) {
        String word = ((Enum<?>) one).name().toLowerCase(Locale.ROOT).replace('_', '-');
        constants.put(word, one);
        words.put(one, word);
      }
      return new Words(constants, words);
    }

    String word(Enum<?> constant) {
      String word = words.get(constant);
      if (word == null) throw new AssertionError(constant);
      return word;
    }
  }

  /** The refusal of a word that is not one of those known, with the nearest that is. */
  public static Refusal unknownWord(Code code, String title, String got, List<String> known) {
    Refusal refusal =
        Refusal.of(code, title).expected("one of " + String.join(", ", known)).got(got);
    return Nearest.to(got, known)
        .map(near -> refusal.fix("did you mean " + near + "?"))
        .orElse(refusal);
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    Map<String, Object> constants = WORDS.get(type).constants;
    Object found = constants.get(text);
    if (found != null) return type.cast(found);
    throw unknownWord(
        Code.BAD_INPUT, "this word is not known here", text, List.copyOf(constants.keySet()));
  }

  private void refuseUnknown() {
    for (int i = 0; i < known.length; i++) {
      if (!known[i]) throw unknown(fields.nameAt(i));
    }
  }

  private void refuseMisspelt() {
    for (int i = 0; i < known.length; i++) {
      if (known[i]) continue;
      Refusal refusal = unknown(fields.nameAt(i));
      if (!refusal.problem().fix().isEmpty()) throw refusal;
    }
  }

  private Refusal unknown(String name) {
    return unknownWord(
            Code.BAD_INPUT,
            "this field is not known here",
            name,
            asked.stream().distinct().toList())
        .at(place(name));
  }

  private String place(String name) {
    Node value = object.fields().get(name);
    return (value == null ? object : value).place().toString();
  }

  private static Refusal wrongKind(Node node, String expected) {
    return Refusal.of(Code.BAD_INPUT, "a value is of the wrong kind")
        .at(node.place().toString())
        .expected(expected)
        .got(shown(node));
  }

  private static String shown(Node node) {
    return switch (node) {
      case Node.Text text -> "text \"" + text.value() + "\"";
      case Node.Int number -> "the number " + number.value();
      case Node.Real number -> "the number " + number.value();
      case Node.Obj _, Node.Arr _, Node.Bool _, Node.Nil _ -> node.kind();
    };
  }

  private static <A, T> T placed(Node node, A from, Function<? super A, T> work) {
    try {
      return work.apply(from);
    } catch (Refusal refusal) {
      throw refusal.problem().where().isEmpty() ? refusal.at(node.place().toString()) : refusal;
    }
  }
}

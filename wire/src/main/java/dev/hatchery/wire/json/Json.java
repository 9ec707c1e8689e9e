package dev.hatchery.wire.json;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.TreeBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * RFC 8259, strictly: UTF-8, no duplicate names, one document, bounded depth, texts and numbers.
 * Whatever comes in, the only failure is a {@link Refusal}.
 */
public final class Json {
  private static final int MAX_NODES = 200_000;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(TreeBuilder.MAX_DEPTH + 1)
                  .maxStringLength(TreeBuilder.MAX_TEXT + 1)
                  .maxNameLength(512)
                  .maxNumberLength(32)
                  .build())
          .build();

  private Json() {}

  /**
   * Parses a document.
   *
   * @param source what this is, for messages: a file's name, {@code request body}
   * @param max a larger document is refused before it is looked at
   */
  public static Node parse(byte[] bytes, DataSize max, String source) {
    if (bytes.length > max.bytes()) {
      throw Refusal.of(Code.TOO_LARGE, "a document is too large")
          .at(source)
          .expected("at most " + max)
          .got(bytes.length + " bytes");
    }
    String text = utf8(bytes, source);
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      try {
        return parse(parser, new TreeBuilder(source, MAX_NODES), lines(text));
      } catch (JacksonException e) {
        // A broken limit has no location of its own; the parser still knows where it stands.
        throw malformed(e, source, parser.currentTokenLocation().getLineNr());
      }
    }
  }

  public static Node parse(Bytes bytes, DataSize max, String source) {
    return parse(bytes.toArray(), max, source);
  }

  /** Compact, fields in the tree's order, so that a value has one form. */
  public static byte[] write(Node node) {
    return write(node, false);
  }

  /** Indented, for people. */
  public static String pretty(Node node) {
    return new String(write(node, true), StandardCharsets.UTF_8) + "\n";
  }

  // Jackson decodes malformed UTF-8 leniently in places; decoding first makes it strict everywhere.
  private static String utf8(byte[] bytes, String source) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not UTF-8").at(source).cause(e);
    }
  }

  private static boolean lines(String text) {
    return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }

  // Machines write one line, and the parser makes an object to say where it stands.
  private static Node parse(JsonParser parser, TreeBuilder tree, boolean lines) {
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      int line = lines ? parser.currentTokenLocation().getLineNr() : 1;
      switch (token) {
        case START_OBJECT -> tree.openObject(line);
        case START_ARRAY -> tree.openArray(line);
        case END_OBJECT, END_ARRAY -> tree.close();
        case PROPERTY_NAME -> tree.name(parser.currentName(), line);
        case VALUE_STRING -> tree.text(parser.getString(), line);
        case VALUE_NUMBER_INT -> integer(parser, tree, line);
        case VALUE_NUMBER_FLOAT -> tree.real(Double.parseDouble(parser.getString()), line);
        case VALUE_TRUE -> tree.bool(true, line);
        case VALUE_FALSE -> tree.bool(false, line);
        case VALUE_NULL -> tree.nil(line);
        case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw new AssertionError(token);
      }
    }
    return tree.root();
  }

  private static void integer(JsonParser parser, TreeBuilder tree, int line) {
    String digits = parser.getString();
    try {
      tree.integer(Long.parseLong(digits), line);
    } catch (NumberFormatException e) {
      throw Refusal.of(Code.BAD_INPUT, "a whole number is too large")
          .at(tree.placeOfNext(line))
          .expected("a number of 64 bits")
          .got(digits)
          .cause(e);
    }
  }

  private static Refusal malformed(JacksonException e, String source, int line) {
    return Refusal.of(Code.BAD_INPUT, "this is not JSON that Hatchery reads")
        .at(line > 0 ? source + ":" + line : source)
        .got(e.getOriginalMessage())
        .cause(e);
  }

  private static byte[] write(Node node, boolean pretty) {
    var out = new ByteArrayOutputStream(512);
    var context = pretty ? new PrettyContext() : ObjectWriteContext.empty();
    try (JsonGenerator generator = FACTORY.createGenerator(context, out)) {
      write(node, generator);
    }
    return out.toByteArray();
  }

  private static void write(Node node, JsonGenerator out) {
    switch (node) {
      case Node.Obj object -> {
        out.writeStartObject();
        object
            .fields()
            .forEach(
                (name, value) -> {
                  out.writeName(name);
                  write(value, out);
                });
        out.writeEndObject();
      }
      case Node.Arr array -> {
        out.writeStartArray();
        array.items().forEach(item -> write(item, out));
        out.writeEndArray();
      }
      case Node.Text text -> out.writeString(text.value());
      case Node.Int number -> out.writeNumber(number.value());
      case Node.Real number -> out.writeNumber(number.value());
      case Node.Bool bool -> out.writeBoolean(bool.value());
      case Node.Nil _ -> out.writeNull();
    }
  }

  private static final class PrettyContext extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter();
    }
  }
}

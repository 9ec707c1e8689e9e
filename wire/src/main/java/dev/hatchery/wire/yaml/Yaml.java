package dev.hatchery.wire.yaml;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.TreeBuilder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML 1.2 for specs that people write: one document, plain data. Aliases and tags are refused, so
 * a small file cannot grow large and nothing is guessed.
 */
public final class Yaml {
  private static final DataSize MAX = DataSize.kib(256);
  private static final int MAX_NODES = 20_000;
  private static final Pattern INT = Pattern.compile("[-+]?\\d{1,18}");
  private static final Pattern REAL =
      Pattern.compile("[-+]?(\\d+\\.\\d*|\\.\\d+|\\d+)([eE][-+]?\\d{1,3})?");

  private final TreeBuilder tree;
  private final String source;
  // Per open collection: is it a mapping, and does a name come next?
  private final Deque<boolean[]> open = new ArrayDeque<>();

  private Yaml(String source) {
    this.source = source;
    this.tree = new TreeBuilder(source, MAX_NODES);
  }

  /**
   * Parses a document.
   *
   * @param source the file's name, for messages
   */
  public static Node parse(String text, String source) {
    if (text.length() > MAX.bytes()) {
      throw Refusal.of(Code.TOO_LARGE, "a file is too large").at(source).expected("at most " + MAX);
    }
    var settings = LoadSettings.builder().setLabel(source).build();
    var yaml = new Yaml(source);
    try {
      for (Event event : new Parse(settings).parseString(text)) yaml.take(event);
      return yaml.tree.root();
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark().map(mark -> source + ":" + (mark.getLine() + 1)).orElse(source);
      throw Refusal.of(Code.BAD_INPUT, "this is not YAML")
          .at(where)
          .got(String.valueOf(e.getProblem()))
          .cause(e);
    } catch (YamlEngineException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not YAML")
          .at(source)
          .got(String.valueOf(e.getMessage()))
          .cause(e);
    }
  }

  private void take(Event event) {
    int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    switch (event.getEventId()) {
      case MappingStart -> {
        refuseComplexKey(line);
        valueTaken();
        tree.openObject(line);
        open.push(new boolean[] {true, true});
      }
      case SequenceStart -> {
        refuseComplexKey(line);
        valueTaken();
        tree.openArray(line);
        open.push(new boolean[] {false, false});
      }
      case MappingEnd, SequenceEnd -> {
        open.pop();
        tree.close();
      }
      case Scalar -> scalar((ScalarEvent) event, line);
      case Alias ->
          throw refused("aliases are not read")
              .got("*" + ((AliasEvent) event).getAlias())
              .at(source + ":" + line);
      case StreamStart, StreamEnd, DocumentStart, DocumentEnd, Comment -> {}
    }
  }

  private void scalar(ScalarEvent event, int line) {
    if (event.getTag().isPresent()) {
      throw refused("tags are not read").got(event.getTag().get()).at(source + ":" + line);
    }
    String value = event.getValue();
    if (nameExpected()) {
      open.element()[1] = false;
      tree.name(value, line);
      return;
    }
    valueTaken();
    if (event.getScalarStyle() != ScalarStyle.PLAIN) tree.text(value, line);
    else plain(value, line);
  }

  // YAML 1.2 core schema, without octal, hexadecimal, infinity and NaN.
  private void plain(String value, int line) {
    switch (value) {
      case "", "~", "null" -> tree.nil(line);
      case "true" -> tree.bool(true, line);
      case "false" -> tree.bool(false, line);
      default -> {
        if (INT.matcher(value).matches()) tree.integer(Long.parseLong(value), line);
        else if (REAL.matcher(value).matches()) tree.real(Double.parseDouble(value), line);
        else tree.text(value, line);
      }
    }
  }

  private boolean nameExpected() {
    return !open.isEmpty() && open.element()[0] && open.element()[1];
  }

  private void valueTaken() {
    if (!open.isEmpty() && open.element()[0]) open.element()[1] = true;
  }

  private void refuseComplexKey(int line) {
    if (nameExpected()) throw refused("a name must be plain text").at(source + ":" + line);
  }

  private static Refusal refused(String title) {
    return Refusal.of(Code.BAD_INPUT, title).expected("plain YAML: maps, lists, texts and numbers");
  }
}

package dev.hatchery.cli;

import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command sees of the world: where to print, and the environment. */
record Terminal(PrintStream out, PrintStream err, Map<String, String> environment) {
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  void line(String text) {
    out.println(text);
  }

  void json(Node node) {
    out.print(Json.pretty(node));
  }

  /** Columns as wide as their widest cell, two spaces apart. */
  void table(List<String> head, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(head);
    all.addAll(rows);
    int[] widths = new int[head.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], row.get(i).length());
    }
    for (List<String> row : all) {
      var text = new StringBuilder();
      for (int i = 0; i < widths.length; i++)
        text.append(("%-" + (widths[i] + 2) + "s").formatted(row.get(i)));
      out.println(text.toString().stripTrailing());
    }
  }

  PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}

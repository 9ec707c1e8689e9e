package dev.hatchery.cli;

import dev.hatchery.cli.bench.Bench;
import dev.hatchery.cli.bench.Goal;
import dev.hatchery.cli.bench.LargePair;
import dev.hatchery.cli.bench.Pair;
import dev.hatchery.cli.bench.Pairs;
import dev.hatchery.cli.bench.Row;
import dev.hatchery.cli.bench.Tool;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hatchery delta bench}. */
@Command(
    name = "bench",
    description = "Measure patches against other tools, for each pair DIR/NAME/{old,new}.*.")
final class DeltaBenchCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", arity = "0..1", description = "the folder of pairs")
  private @Nullable Path folder;

  @Option(
      names = "--tools",
      split = ",",
      paramLabel = "TOOL",
      description =
          "only these: bsdiff, xdelta3, zstd-patch, rdiff, hdiffz, full-zstd, full-xz, full-brotli,"
              + " or none; default: all that are installed")
  private List<String> wanted = List.of();

  @Option(names = "--pair", paramLabel = "NAME", description = "only this one")
  private @Nullable String only;

  @Option(
      names = "--large",
      description =
          "instead: a made pair of 1 GiB, 1% of it changed; takes 3 GiB of temporary disk")
  private boolean large;

  @Option(names = "--json", description = "print a row of JSON for each pair, one a line")
  private boolean json;

  DeltaBenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (large == (folder != null)) {
      throw Refusal.of(Code.BAD_INPUT, "bench takes a folder or --large, one of them");
    }
    Bench bench = new Bench(large ? Set.of() : tools(), text -> terminal.err().println(text));
    List<Row> rows = new ArrayList<>();
    if (folder == null) {
      try (LargePair made = LargePair.make()) {
        rows.add(measured(bench, made.pair()));
      }
    } else {
      for (Pair pair : Pairs.of(folder, Optional.ofNullable(only))) rows.add(measured(bench, pair));
    }
    if (!json) print(rows);
    return 0;
  }

  private Row measured(Bench bench, Pair pair) {
    Row row = bench.run(pair);
    if (json) {
      terminal.line(new String(Json.write(json(row)), StandardCharsets.UTF_8));
      terminal.out().flush();
    }
    return row;
  }

  private Set<Tool> tools() {
    Set<Tool> installed = Tool.found(terminal.variable("PATH").orElse(""));
    if (wanted.isEmpty()) return installed;
    if (wanted.equals(List.of("none"))) return Set.of();
    Set<Tool> chosen = EnumSet.noneOf(Tool.class);
    for (String label : wanted) chosen.add(Tool.of(label));
    if (installed.containsAll(chosen)) return chosen;
    chosen.removeAll(installed);
    throw Refusal.of(Code.NOT_FOUND, "these tools are not on the PATH")
        .got(chosen.stream().map(Tool::label).toList());
  }

  private static Node json(Row row) {
    Map<String, Long> tools = new TreeMap<>();
    row.tools().forEach((tool, bytes) -> tools.put(tool.label(), bytes));
    return Tree.object()
        .put("pair", row.pair())
        .put("newBytes", row.newBytes())
        .put("patchBytes", row.patchBytes())
        .put("tools", Tree.map(tools, Tree::integer))
        .maybe("best", row.best().map(Tree::integer))
        .put("createSeconds", row.createSeconds())
        .put("applySeconds", row.applied().seconds())
        .put("applyPeakBytes", row.applied().peakBytes())
        .put("verified", true)
        .done();
  }

  private void print(List<Row> rows) {
    Set<Tool> columns = EnumSet.noneOf(Tool.class);
    rows.forEach(row -> columns.addAll(row.tools().keySet()));
    List<String> head = new ArrayList<>(List.of("PAIR", "BYTES", "OURS", "%"));
    columns.forEach(tool -> head.add(tool.label()));
    head.addAll(List.of("best", "/bsdiff", "/best", "GOAL", "MET", "MAKE s", "APPLY s", "MiB"));
    terminal.table(head, rows.stream().map(row -> cells(row, columns)).toList());
    terminal.line("");
    terminal.line(
        "%d pairs, all results verified; columns of tools in bytes; goal: at most so many times"
            .formatted(rows.size()));
  }

  private static List<String> cells(Row row, Set<Tool> columns) {
    Optional<Goal> goal = Goal.of(row.pair());
    List<String> cells = new ArrayList<>();
    cells.add(row.pair());
    cells.add("" + row.newBytes());
    cells.add("" + row.patchBytes());
    cells.add(fixed(100.0 * row.patchBytes() / row.newBytes(), 2));
    for (Tool tool : columns) {
      cells.add(Optional.ofNullable(row.tools().get(tool)).map(String::valueOf).orElse("-"));
    }
    cells.add(row.best().map(String::valueOf).orElse("-"));
    cells.add(ratio(row, Optional.ofNullable(row.tools().get(Tool.BSDIFF))));
    cells.add(ratio(row, row.best()));
    cells.add(goal.map(Goal::toString).orElse("-"));
    cells.add(goal.flatMap(g -> g.met(row)).map(met -> met ? "yes" : "NO").orElse("-"));
    cells.add(fixed(row.createSeconds(), 1));
    cells.add(fixed(row.applied().seconds(), 2));
    cells.add(fixed(row.applied().peakBytes() / 1048576.0, 1));
    return cells;
  }

  private static String ratio(Row row, Optional<Long> other) {
    return other.map(bytes -> fixed((double) row.patchBytes() / bytes, 3)).orElse("-");
  }

  private static String fixed(double value, int places) {
    return String.format(Locale.ROOT, "%." + places + "f", value);
  }
}

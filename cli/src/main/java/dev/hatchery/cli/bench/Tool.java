package dev.hatchery.cli.bench;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What people use otherwise, with the options that make its patches smallest. The files are {@code
 * old}, {@code new} and {@code out} in the folder it is started in; a tool that prints has its
 * output kept in {@code out}.
 */
public enum Tool {
  BSDIFF("bsdiff", Kind.DELTA, "bsdiff old new out"),
  XDELTA3("xdelta3", Kind.DELTA, "xdelta3 -e -9 -S lzma -f -s old new out"),
  ZSTD_PATCH("zstd-patch", Kind.DELTA, "zstd -q -f -19 --patch-from=old new -o out"),
  RDIFF("rdiff", Kind.DELTA, "rdiff signature old signature", "rdiff delta signature new out"),
  HDIFFZ("hdiffz", Kind.DELTA, "hdiffz -f -m-1 -SD -c-zstd-22 old new out"),
  FULL_ZSTD("full-zstd", Kind.FULL, "zstd -q -f -19 new -o out"),
  FULL_XZ("full-xz", Kind.FULL, "xz -9e -k -c new"),
  FULL_BROTLI("full-brotli", Kind.FULL, "brotli -f -q 11 -o out new");

  /** Whether it needs the old file. */
  public enum Kind {
    DELTA,
    FULL
  }

  private final String label;
  private final Kind kind;
  private final String steps;

  Tool(String label, Kind kind, String... steps) {
    this.label = label;
    this.kind = kind;
    this.steps = String.join("\n", steps);
  }

  public String label() {
    return label;
  }

  public Kind kind() {
    return kind;
  }

  /** The commands, one after the other. */
  List<List<String>> steps() {
    return steps.lines().map(step -> List.of(step.split(" ", -1))).toList();
  }

  /** Whether the last command prints what it makes. */
  boolean prints() {
    return !steps().getLast().contains("out");
  }

  /** The tool of that label. */
  public static Tool of(String label) {
    for (Tool tool : values()) if (tool.label.equals(label)) return tool;
    throw Refusal.of(Code.BAD_INPUT, "no such tool")
        .expected("some of " + Arrays.stream(values()).map(Tool::label).toList())
        .got(label);
  }

  /**
   * Those whose program is on the path.
   *
   * @param path as in the environment variable PATH
   */
  public static Set<Tool> found(String path) {
    Set<Tool> found = EnumSet.noneOf(Tool.class);
    for (Tool tool : values()) if (tool.program(path).isPresent()) found.add(tool);
    return found;
  }

  private Optional<Path> program(String path) {
    String name = steps().getFirst().getFirst();
    return Pattern.compile(":")
        .splitAsStream(path)
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

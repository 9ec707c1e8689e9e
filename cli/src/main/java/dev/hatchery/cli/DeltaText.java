package dev.hatchery.cli;

import dev.hatchery.cli.DeltaSummary.Sections;
import dev.hatchery.core.Digest;
import dev.hatchery.delta.Header;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Patches as people and scripts read them. */
final class DeltaText {
  private DeltaText() {}

  static String percent(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.2f%%", 100.0 * part / whole);
  }

  static Digest digest(byte[] sha256) {
    return Digest.parse("sha256:" + HexFormat.of().formatHex(sha256));
  }

  static void print(DeltaSummary summary, Terminal terminal) {
    Header header = summary.header();
    Sections in = summary.sections();
    terminal.line(
        "patch   %,d bytes in %,d frames, %s of the result"
            .formatted(
                summary.patchBytes(),
                header.frames(),
                percent(summary.patchBytes(), header.resultSize())));
    terminal.line(
        "base    %,d bytes, %s".formatted(header.baseSize(), digest(header.baseSha256())));
    terminal.line(
        "result  %,d bytes, %s".formatted(header.resultSize(), digest(header.resultSha256())));
    terminal.line(
        "holds   %,d heads, %,d tables, %,d literals, %,d codes, %,d raw"
            .formatted(in.heads(), in.tables(), in.literals(), in.codes(), in.raws()));
    terminal.line("");
    List<List<String>> rows = new ArrayList<>();
    summary
        .ops()
        .forEach(
            (name, kind) ->
                rows.add(
                    List.of(
                        name,
                        "%,d".formatted(kind.count()),
                        "%,d".formatted(kind.bytes()),
                        percent(kind.bytes(), header.resultSize()))));
    terminal.table(List.of("OPS", "COUNT", "BYTES OF THE RESULT", "SHARE"), rows);
  }

  static Node json(DeltaSummary summary) {
    Header header = summary.header();
    Sections in = summary.sections();
    return Tree.object()
        .put("patchBytes", summary.patchBytes())
        .put("frames", header.frames())
        .put("base", file(header.baseSize(), header.baseSha256()))
        .put("result", file(header.resultSize(), header.resultSha256()))
        .put(
            "sections",
            Tree.object()
                .put("heads", in.heads())
                .put("tables", in.tables())
                .put("literals", in.literals())
                .put("codes", in.codes())
                .put("raws", in.raws())
                .done())
        .put(
            "ops",
            Tree.map(
                summary.ops(),
                kind -> Tree.object().put("count", kind.count()).put("bytes", kind.bytes()).done()))
        .done();
  }

  private static Node file(long size, byte[] sha256) {
    return Tree.object().put("size", size).put("sha256", digest(sha256)).done();
  }
}

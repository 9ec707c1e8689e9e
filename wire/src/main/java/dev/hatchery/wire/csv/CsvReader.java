package dev.hatchery.wire.csv;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.ArrayList;
import java.util.List;

/** Reads one sheet's rows, from the front to the end. */
final class CsvReader {
  private static final int END = -1;

  private final String text;
  private final int maxRows;
  private int at;
  private int line = 1;

  CsvReader(String text, int maxRows) {
    this.text = text;
    this.maxRows = maxRows;
  }

  List<Csv.Row> rows() {
    List<Csv.Row> rows = new ArrayList<>();
    while (at < text.length()) {
      Csv.Row row = row();
      if (!rows.isEmpty() && row.cells().size() != rows.getFirst().cells().size()) {
        throw wrong("a row is not as long as the header", row.line(), row.cells().size())
            .expected(rows.getFirst().cells().size() + " cells")
            .got(row.cells().size());
      }
      rows.add(row);
      if (rows.size() > maxRows + 1) {
        throw Refusal.of(Code.TOO_LARGE, "this sheet has too many rows")
            .at("line " + row.line())
            .expected("at most " + maxRows)
            .fix("split it");
      }
    }
    return rows;
  }

  private Csv.Row row() {
    int begins = line;
    List<String> cells = new ArrayList<>();
    do {
      cells.add(next() == '"' ? quoted(cells.size() + 1) : plain(cells.size() + 1));
    } while (skip(','));
    endOfLine(cells.size());
    return new Csv.Row(begins, cells);
  }

  private String plain(int column) {
    int from = at;
    while (!ends(next())) {
      if (next() == '"') throw wrong("a quote stands within a cell", line, column).fix("double it");
      at++;
    }
    return text.substring(from, at);
  }

  private String quoted(int column) {
    int begins = line;
    var cell = new StringBuilder();
    at++;
    while (true) {
      if (at >= text.length()) throw wrong("a quote is never closed", begins, column);
      char c = text.charAt(at++);
      if (c == '\n') line++;
      if (c != '"') cell.append(c);
      else if (skip('"')) cell.append('"');
      else if (ends(next())) return cell.toString();
      else throw wrong("something follows a closing quote", line, column).expected("a comma");
    }
  }

  private void endOfLine(int column) {
    skip('\r');
    if (at < text.length() && !skip('\n')) {
      throw wrong("a line ends with CR alone", line, column).expected("CR LF, or LF");
    }
    line++;
  }

  private static boolean ends(int c) {
    return c == ',' || c == '\r' || c == '\n' || c == END;
  }

  private int next() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private boolean skip(char c) {
    if (next() != c) return false;
    at++;
    return true;
  }

  private static Refusal wrong(String title, int line, int column) {
    return Refusal.of(Code.BAD_INPUT, title).at("line " + line + ", column " + column);
  }
}

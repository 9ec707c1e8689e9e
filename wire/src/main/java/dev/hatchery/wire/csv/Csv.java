package dev.hatchery.wire.csv;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sheet of cells (RFC 4180, in UTF-8): the first row names the columns, and all others are as
 * long. Lines end with CR LF or LF; a byte order mark in front is passed over, since spreadsheets
 * write one.
 *
 * @param header the columns' names, as they stand there
 */
public record Csv(List<String> header, List<Row> rows) {
  private static final String MARK = "\uFEFF";

  /**
   * One row.
   *
   * @param line where it begins; the header's is 1
   */
  public record Row(int line, List<String> cells) {
    public Row {
      cells = List.copyOf(cells);
    }
  }

  public Csv {
    header = List.copyOf(header);
    rows = List.copyOf(rows);
  }

  /**
   * Reads a sheet. Refused with line and column: other bytes than UTF-8, quotes in the wrong place,
   * rows of another length than the header's, more than {@code maxRows} beside the header.
   *
   * @param max bytes
   */
  public static Csv parse(byte[] bytes, DataSize max, int maxRows) {
    if (bytes.length > max.bytes()) {
      throw Refusal.of(Code.TOO_LARGE, "this sheet is too large").expected("at most " + max);
    }
    String text = decoded(bytes);
    List<Row> rows =
        new CsvReader(text.startsWith(MARK) ? text.substring(1) : text, maxRows).rows();
    if (rows.isEmpty()) {
      throw Refusal.of(Code.BAD_INPUT, "this sheet is empty")
          .at("line 1")
          .expected("a header, and a row for each device");
    }
    return new Csv(rows.getFirst().cells(), rows.subList(1, rows.size()));
  }

  /** The sheet as text, each line ended by CR LF. */
  public String text() {
    var text = new StringBuilder();
    append(text, header);
    for (Row row : rows) append(text, row.cells);
    return text.toString();
  }

  private static void append(StringBuilder text, List<String> cells) {
    text.append(cells.stream().map(Csv::cell).collect(Collectors.joining(","))).append("\r\n");
  }

  private static String cell(String value) {
    boolean plain = value.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }

  private static String decoded(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw Refusal.of(Code.BAD_INPUT, "this sheet is not UTF-8")
          .fix("save it as CSV UTF-8")
          .cause(e);
    }
  }
}

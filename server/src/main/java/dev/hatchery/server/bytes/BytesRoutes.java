package dev.hatchery.server.bytes;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.BytesRow;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.tree.Fields;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code GET /api/v1/bytes}: pages of JSON, or one table of CSV. */
public final class BytesRoutes {
  private static final int PAGE = 500;
  private static final int CSV_MAX = 100_000;
  private static final String CSV = "text/csv; charset=utf-8";

  private final Accounts accounts;
  private final Db db;

  public BytesRoutes(Accounts accounts, Db db) {
    this.accounts = accounts;
    this.db = db;
  }

  public List<Route> routes() {
    return List.of(Route.get("/api/v1/bytes", Access.OPERATOR, this::bytes));
  }

  private Answer bytes(Exchange exchange) {
    Optional<YearMonth> month = exchange.query("month").map(BytesRoutes::month);
    BytesRow.By by = exchange.query("by").map(BytesRoutes::by).orElse(BytesRow.By.DEVICE);
    return wantsCsv(exchange) ? csv(month, by) : page(exchange, month, by);
  }

  private Answer page(Exchange exchange, Optional<YearMonth> month, BytesRow.By by) {
    long skip = exchange.query("after", 0, 0, Integer.MAX_VALUE);
    List<BytesRow> rows = db.read(r -> accounts.rows(r, month, by, skip, PAGE));
    OptionalLong next = rows.size() < PAGE ? OptionalLong.empty() : OptionalLong.of(skip + PAGE);
    return Answer.json(Api.BYTES, new Page<>(rows, next));
  }

  private Answer csv(Optional<YearMonth> month, BytesRow.By by) {
    List<BytesRow> rows = db.read(r -> accounts.rows(r, month, by, 0, CSV_MAX + 1));
    if (rows.size() > CSV_MAX) {
      throw Refusal.of(Code.TOO_LARGE, "this table has too many rows")
          .expected("at most " + CSV_MAX)
          .fix("name a month");
    }
    var text = new StringBuilder(BytesRow.CSV_HEADER).append("\r\n"); // RFC 4180
    for (BytesRow row : rows) text.append(row.csv()).append("\r\n");
    return Answer.text(CSV, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static boolean wantsCsv(Exchange exchange) {
    Optional<String> format = exchange.query("format");
    if (format.isEmpty()) {
      return exchange.header("Accept").filter(accept -> accept.startsWith("text/csv")).isPresent();
    }
    return switch (format.get()) {
      case "csv" -> true;
      case "json" -> false;
      default ->
          throw Fields.unknownWord(
              Code.BAD_INPUT,
              "this is not a format of this table",
              format.get(),
              List.of("csv", "json"));
    };
  }

  private static BytesRow.By by(String text) {
    return Arrays.stream(BytesRow.By.values())
        .filter(by -> Fields.word(by).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                Fields.unknownWord(
                    Code.BAD_INPUT,
                    "bytes are not summed by this",
                    text,
                    Arrays.stream(BytesRow.By.values()).map(Fields::word).toList()));
  }

  private static YearMonth month(String text) {
    try {
      return YearMonth.parse(text);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a month")
          .at("?month")
          .expected("for example 2026-11")
          .got(text)
          .cause(e);
    }
  }
}

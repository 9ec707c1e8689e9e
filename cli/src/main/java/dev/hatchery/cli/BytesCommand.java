package dev.hatchery.cli;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.BytesRow;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.tree.Fields;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hatchery bytes}. */
@Command(
    name = "bytes",
    description = "Say what downloads and all other traffic have cost, by billing month.")
final class BytesCommand extends ServerCommand {
  @Option(names = "--month", paramLabel = "YYYY-MM", description = "one billing month; default all")
  private @Nullable String month;

  @Option(
      names = "--by",
      defaultValue = "site",
      paramLabel = "WHAT",
      description = "device, site, sim or month; default site")
  private String by = "site";

  @Option(names = "--csv", description = "print CSV (bytes; RFC 4180)")
  private boolean csv;

  private Optional<YearMonth> asked = Optional.empty();
  private BytesRow.By what = BytesRow.By.SITE;

  BytesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void prepare() {
    if (csv && json) {
      throw Refusal.of(Code.BAD_INPUT, "a table comes in one form").expected("--csv or --json");
    }
    asked = Optional.ofNullable(month).map(BytesCommand::month);
    what =
        Arrays.stream(BytesRow.By.values())
            .filter(each -> Fields.word(each).equals(by))
            .findFirst()
            .orElseThrow(
                () ->
                    Fields.unknownWord(
                        Code.BAD_INPUT,
                        "bytes are not summed by this",
                        by,
                        Arrays.stream(BytesRow.By.values()).map(Fields::word).toList()));
  }

  @Override
  Integer run(OperatorClient client) {
    List<BytesRow> rows = client.bytes(asked, what);
    if (json) terminal.json(Api.BYTES.write(Page.all(rows)));
    else if (csv) csv(rows);
    else table(rows, what, asked, terminal);
    return 0;
  }

  // The line ends that RFC 4180 asks for, whatever the platform's are.
  private void csv(List<BytesRow> rows) {
    terminal.out().print(BytesRow.CSV_HEADER + "\r\n");
    for (BytesRow row : rows) terminal.out().print(row.csv() + "\r\n");
  }

  static void table(
      List<BytesRow> rows, BytesRow.By what, Optional<YearMonth> asked, Terminal terminal) {
    List<List<String>> cells = new ArrayList<>();
    Traffic traffic = Traffic.NONE;
    long sent = 0;
    long received = 0;
    for (BytesRow row : rows) {
      cells.add(cells(row.key().isEmpty() ? "-" : row.key(), row.month().toString(), row));
      traffic = traffic.plus(row.traffic());
      sent += row.wire().sent();
      received += row.wire().received();
    }
    var month = asked.orElse(YearMonth.of(1970, 1));
    var sum = new BytesRow("", month, traffic, new WireCount(sent, received));
    cells.add(cells("total", asked.map(YearMonth::toString).orElse(""), sum));
    terminal.table(
        List.of(
            Fields.word(what).toUpperCase(Locale.ROOT),
            "MONTH",
            "FULL",
            "DELTA",
            "PEER",
            "RESUMED",
            "SENT",
            "RECEIVED",
            "CONTROL"),
        cells);
  }

  private static List<String> cells(String name, String month, BytesRow row) {
    return List.of(
        name,
        month,
        human(row.traffic().full()),
        human(row.traffic().delta()),
        human(row.traffic().peer()),
        human(row.traffic().resumed()),
        human(row.wire().sent()),
        human(row.wire().received()),
        control(row));
  }

  // All that is no body: reports, polls, headers, TLS. Unknown where agents do not count it; a
  // transfer under way may be reported before the count of its connection.
  private static String control(BytesRow row) {
    long wire = row.wire().sent() + row.wire().received();
    return wire == 0 ? "-" : human(Math.max(0, wire - row.traffic().uplink()));
  }

  private static String human(long bytes) {
    return new DataSize(bytes).human();
  }

  private static YearMonth month(String text) {
    try {
      return YearMonth.parse(text);
    } catch (DateTimeException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a month")
          .at("--month")
          .expected("for example 2026-11")
          .got(text)
          .cause(e);
    }
  }
}

package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.server.Options;
import dev.hatchery.server.Server;
import dev.hatchery.wire.api.BytesRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits and bytes at the command line, against a real server. */
final class BytesCommandTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

  @TempDir private Path folder;

  private record Outcome(int status, String out, String err) {}

  @Test
  void limitsAreAppliedFromAFileAndShown() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("limits.yaml"),
            """
            server: {concurrentDownloads: 20, rate: 50 MiB}
            sites:
              oslo: {concurrentDownloads: 1, dailyBudget: 500 MiB, monthlyCap: 5 GiB, firstDayOfBillingMonth: 12}
            deviceRate: 1 MiB
            """);
    try (var server = start()) {
      assertThat(run(server, "limits", "show").out).contains("other sites");
      Outcome applied = run(server, "limits", "apply", "-f", file.toString());
      assertThat(applied.status).as(applied.err).isZero();
      Outcome shown = run(server, "limits", "show");

      assertThat(shown.out).isEqualTo(applied.out);
      assertThat(shown.out.lines())
          .contains(
              "OF           DOWNLOADS  RATE      A DAY    A MONTH  BILLED FROM",
              "server       20         50 MiB/s  -        -        -",
              "site oslo    1          -         500 MiB  5 GiB    day 12",
              "each device  -          1 MiB/s   -        -        -");
      assertThat(run(server, "limits", "show", "--json").out)
          .contains("\"dailyBudget\" : \"500 MiB\"");
    }
  }

  @Test
  void aMisspeltLimitIsRefusedWithItsPlace() throws IOException {
    Path file = Files.writeString(folder.resolve("l.yaml"), "otherSites:\n  dailyBudgets: 1 MiB\n");

    Outcome bad = run(Map.of(), "limits", "apply", "-f", file.toString());

    assertThat(bad.status).isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(bad.err).contains(file + ":2").contains("did you mean dailyBudget?");
  }

  @Test
  void whatNobodyHasSpentIsATableTooAndCsvHasItsHead() throws IOException {
    try (var server = start()) {
      assertThat(run(server, "bytes", "--month", "2026-11").out).contains("total  2026-11  0 B");
      assertThat(run(server, "bytes", "--csv", "--by", "device").out)
          .isEqualTo(BytesRow.CSV_HEADER + "\r\n");
      assertThat(run(server, "bytes", "--json").out).contains("\"items\" : [");
    }
  }

  @Test
  void controlTrafficIsWhatIsNoBodyAndTheLastLineIsTheSum() {
    var out = new ByteArrayOutputStream();
    var terminal =
        new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), System.err, Map.of());

    BytesCommand.table(
        List.of(
            new BytesRow(
                "oslo", NOVEMBER, new Traffic(2048, 1024, 512, 0), new WireCount(1024, 4096)),
            new BytesRow("", NOVEMBER, new Traffic(0, 0, 0, 7), new WireCount(0, 0))),
        BytesRow.By.SITE,
        Optional.of(NOVEMBER),
        terminal);

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "SITE   MONTH    FULL     DELTA    PEER   RESUMED  SENT     RECEIVED  CONTROL",
            "oslo   2026-11  2.0 KiB  1.0 KiB  512 B  0 B      1.0 KiB  4.0 KiB   2.0 KiB",
            "-      2026-11  0 B      0 B      0 B    7 B      0 B      0 B       -",
            "total  2026-11  2.0 KiB  1.0 KiB  512 B  7 B      1.0 KiB  4.0 KiB   2.0 KiB");
  }

  @Test
  void wrongWordsAreRefusedBeforeAServerIsAsked() {
    assertThat(run(Map.of(), "bytes", "--by", "sites").err).contains("did you mean site?");
    assertThat(run(Map.of(), "bytes", "--month", "11").err).contains("2026-11");
    assertThat(run(Map.of(), "bytes", "--csv", "--json").status)
        .isEqualTo(Code.BAD_INPUT.exitCode());
  }

  private Server start() {
    var options =
        new Options(
            folder.resolve("srv"),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(60),
            Duration.ZERO,
            Duration.ofHours(24),
            false);
    return Server.start(options, Clock.systemUTC(), new SecureRandom());
  }

  private static Outcome run(Server server, String... command) {
    return run(
        Map.of(
            "HATCHERY_SERVER",
            server.address().toString(),
            "HATCHERY_TOKEN",
            server.newToken().orElseThrow().reveal()),
        command);
  }

  private static Outcome run(Map<String, String> environment, String... command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            command);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}

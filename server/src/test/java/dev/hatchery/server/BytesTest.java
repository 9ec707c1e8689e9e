package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Report;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.BytesRow;
import dev.hatchery.wire.yaml.Yaml;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reports say was spent, and what planning makes of it. */
final class BytesTest {
  private Fleet fleet;

  @BeforeEach
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void runningTotalsAreCountedByTheirDifferencesAndEachReportOnce() {
    Device cam = fleet.device("cam-1", Map.of("site", "oslo", "sim", "sim-7"));
    Report first = report(cam, "c1", new Traffic(100, 20, 3, 4), new WireCount(50, 500));
    Report second = report(cam, "c1", new Traffic(150, 20, 3, 4), new WireCount(60, 700));
    cam.send(first);
    cam.send(first, second);
    cam.send(first);
    Report other = report(cam, "c2", new Traffic(1, 0, 0, 0), new WireCount(60, 700));
    cam.send(other);
    Report late = report(cam, "c1", new Traffic(120, 21, 0, 0), new WireCount(60, 700));
    cam.send(late);

    assertThat(rows(BytesRow.By.DEVICE))
        .containsExactly(
            new BytesRow("cam-1", month(), new Traffic(151, 21, 3, 4), new WireCount(60, 700)));
  }

  @Test
  void aNewBootCountsFromNothing() {
    Device cam = fleet.device("cam-1", Map.of());
    cam.send(report(cam, "c1", Traffic.NONE, new WireCount(50, 500)));
    cam.reboot();
    cam.send(report(cam, "c1", Traffic.NONE, new WireCount(7, 70)));
    fleet.restart();
    cam.server = fleet.address();
    cam.send(report(cam, "c1", Traffic.NONE, new WireCount(8, 80)));

    assertThat(rows(BytesRow.By.DEVICE))
        .extracting(BytesRow::wire)
        .containsExactly(new WireCount(58, 580));
  }

  @Test
  void rowsAreSummedBySiteSimAndMonth() {
    for (int i = 1; i <= 3; i++) {
      Device cam =
          fleet.device("cam-" + i, i < 3 ? Map.of("site", "oslo", "sim", "s" + i) : Map.of());
      cam.send(report(cam, "c1", Traffic.of(Traffic.Source.FULL, 100L * i), new WireCount(i, i)));
    }
    fleet.clock.advance(Duration.ofDays(40));
    Device cam = fleet.device("cam-9", Map.of("site", "oslo"));
    cam.send(report(cam, "c1", Traffic.of(Traffic.Source.PEER, 7), new WireCount(0, 0)));

    assertThat(rows(BytesRow.By.SITE))
        .extracting(BytesRow::key, row -> row.traffic().total())
        .containsExactly(tuple("", 300L), tuple("oslo", 300L), tuple("oslo", 7L));
    assertThat(rows(BytesRow.By.SIM)).extracting(BytesRow::key).containsExactly("", "s1", "s2", "");
    assertThat(rows(BytesRow.By.MONTH))
        .extracting(row -> row.key().equals(row.month().toString()), row -> row.traffic().full())
        .containsExactly(tuple(true, 600L), tuple(true, 0L));
    assertThat(fleet.operator().bytes(Optional.of(month()), BytesRow.By.SITE))
        .extracting(BytesRow::key)
        .containsExactly("oslo");
  }

  @Test
  void theTableComesAsCsvToo() throws Exception {
    Device cam = fleet.device("cam-1", Map.of("site", "oslo"));
    cam.send(report(cam, "c1", new Traffic(1, 2, 3, 4), new WireCount(5, 6)));
    String expected = BytesRow.CSV_HEADER + "\r\noslo," + month() + ",1,2,3,4,5,6\r\n";

    HttpResponse<String> asked = get("/api/v1/bytes?by=site&format=csv", "*/*");
    HttpResponse<String> accepted = get("/api/v1/bytes?by=site", "text/csv");

    assertThat(asked.body()).isEqualTo(expected);
    assertThat(asked.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    assertThat(accepted.body()).isEqualTo(expected);
    assertThat(get("/api/v1/bytes?by=city", "*/*").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/bytes?month=november", "*/*").statusCode()).isEqualTo(400);
    assertThat(get("/metrics", "*/*").body())
        .contains("hatchery_transfer_bytes{source=\"delta\"} 2")
        .contains("hatchery_transfer_bytes{source=\"wire_received\"} 6");
  }

  @Test
  void aDeviceThatMakesUpOrdersFillsNoTable() {
    Device cam = fleet.device("cam-1", Map.of());
    for (int batch = 0; batch < 5; batch++) {
      Report[] reports = new Report[40];
      for (int i = 0; i < reports.length; i++) {
        String command = "made-up-" + (batch * 40 + i);
        reports[i] = report(cam, command, new Traffic(1, 0, 0, 0), new WireCount(0, 0));
      }
      cam.send(reports);
    }
    // The newest are still known, so they count no second time; the oldest are forgotten.
    cam.send(report(cam, "made-up-199", new Traffic(1, 0, 0, 0), new WireCount(0, 0)));

    cam.send(report(cam, "made-up-0", new Traffic(1, 0, 0, 0), new WireCount(0, 0)));

    assertThat(rows(BytesRow.By.DEVICE).getFirst().traffic().full()).isEqualTo(201);
  }

  @Test
  void aRolloutThatWouldBreakAMonthlyCapIsRefusedAndSaysWhereAndWhatToDo() {
    fleet.operator().setLimits(limits("{sites: {oslo: {monthlyCap: 2 KiB}}}"));
    for (int i = 1; i <= 2; i++) fleet.device("cam-" + i, Map.of("site", "oslo"));
    fleet.device("cam-3", Map.of("site", "bergen"));
    Device cam = fleet.device("cam-4", Map.of("site", "oslo"));
    long size = fleet.release("m@1.0.0").size().bytes();
    cam.send(report(cam, "old", Traffic.NONE, new WireCount(48, 2000 - size)));

    var problem =
        Refused.refused(
            Code.BUDGET,
            () -> fleet.operator().startRollout(Fleet.spec("one", "m@1.0.0", Fleet.ALL)));

    assertThat(problem.where()).isEqualTo("site oslo");
    assertThat(problem.expected()).isEqualTo("at most 2.0 KiB in the billing month " + month());
    assertThat(problem.got()).contains("used").contains("needed by 3 devices");
    assertThat(problem.fix()).contains("monthlyCap").contains("selector");
    assertThat(fleet.operator().rollouts()).isEmpty();

    fleet.operator().setLimits(limits("{sites: {oslo: {monthlyCap: 1 MiB}}}"));
    assertThat(fleet.operator().startRollout(Fleet.spec("one", "m@1.0.0", Fleet.ALL)).fleet())
        .isEqualTo(4);
  }

  @Test
  void whatDevicesHoldAlreadyCostsNothing() {
    Device cam = fleet.device("cam-1", Map.of("site", "oslo"));
    fleet.release("m@1.0.0");
    fleet.operator().startRollout(Fleet.spec("one", "m@1.0.0", Fleet.ALL));
    cam.obey(cam.poll(20).orElseThrow());
    fleet.operator().promote("one");
    fleet.operator().setLimits(limits("{sites: {oslo: {monthlyCap: 1 B}}}"));

    assertThat(fleet.operator().startRollout(Fleet.spec("again", "m@1.0.0", Fleet.ALL)).fleet())
        .isEqualTo(1);
  }

  private List<BytesRow> rows(BytesRow.By by) {
    return fleet.operator().bytes(Optional.empty(), by);
  }

  private YearMonth month() {
    return YearMonth.from(fleet.clock.instant().atZone(ZoneOffset.UTC));
  }

  private static Report report(Device device, String command, Traffic traffic, WireCount wire) {
    var status =
        new SlotStatus(
            SlotStatus.State.FETCHING,
            Optional.of(command),
            Optional.<Digest>empty(),
            Optional.empty(),
            Optional.empty(),
            SlotStatus.Proof.NONE,
            Optional.empty(),
            "",
            traffic);
    return device.report(status, List.of(), List.of(), Optional.of(wire));
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(fleet.address() + path))
            .header("Authorization", "Bearer " + fleet.token().reveal())
            .header("Accept", accept)
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }

  private static Limits limits(String yaml) {
    return Wire.LIMITS.read(Yaml.parse(yaml, "limits.yaml"));
  }
}

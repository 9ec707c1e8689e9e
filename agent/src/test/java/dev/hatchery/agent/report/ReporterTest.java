package dev.hatchery.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.api.Answer;
import dev.hatchery.agent.api.Identity;
import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.ManualClock;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.slot.Backoff;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Event;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Report;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.Version;
import dev.hatchery.core.Window;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.ReportBatch;
import dev.hatchery.wire.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReporterTest {
  private static final Name SLOT = new Name("vision");
  private static final Disk DISK = new RealDisk();
  private static final SigningKey KEY = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256);

  @TempDir Path folder;
  private final Keys keys = new Keys();
  private final ManualClock time = new ManualClock();
  private final Server server = new Server();
  private final WindowBuffer windows = new WindowBuffer();
  private Layout layout;
  private Journal journal;
  private Outbox outbox;
  private Reporter reporter;

  /** Takes reports while it is there. */
  private final class Server implements Reporter.Sender {
    final List<Report> taken = new ArrayList<>();
    final List<byte[]> payloads = new ArrayList<>();
    boolean away;
    int heartbeats;

    @Override
    public Answer<ReportAnswer> send(ReportBatch batch) {
      if (away) {
        return new Answer.Bad<>(Refusal.of(Code.UNREACHABLE, "away"), Duration.ZERO);
      }
      for (Envelope envelope : batch.reports()) {
        byte[] payload = envelope.payload().toArray();
        assertThat(payload.length).isLessThan(48 * 1024);
        Report report = Wire.REPORT.parse(payload, Report.MAX_SIZE, "report");
        if (report.seq() <= taken.size()) continue;
        taken.add(report);
        payloads.add(payload);
      }
      Heartbeat heartbeat = new Heartbeat(batch.nonce(), time.now(), 1, 1);
      return new Answer.Good<>(
          new ReportAnswer(taken.size(), Duration.ofSeconds(60), keys.heartbeat(heartbeat)),
          Duration.ZERO);
    }

    @Override
    public void heartbeat(Envelope heartbeat, String nonce) {
      heartbeats++;
    }
  }

  private DeviceFacts facts = DeviceFacts.UNKNOWN;

  @BeforeEach
  void open() {
    layout = new Layout(folder);
    layout.prepare(DISK, List.of(SLOT));
    journal = Journal.open(DISK, layout.journal());
    boot();
  }

  private void boot() {
    outbox = new Outbox(DISK, layout);
    reporter =
        new Reporter(
            outbox,
            journal,
            windows,
            new Reporter.Told(
                new Identity(new DeviceId("cam-1"), KEY),
                "boot",
                () -> facts,
                TreeMap::new,
                () -> 1L,
                () -> new WireCount(11, 22)),
            server,
            time.clocks(),
            new Random(5),
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), new Random(6)));
  }

  private void happens(String detail) {
    journal.append(
        time.now(),
        SLOT,
        "c1",
        Optional.empty(),
        Traffic.NONE,
        new Step.Failed(Code.GOLDEN, detail));
  }

  private void pass(Duration duration) throws InterruptedException {
    var end = time.now().plus(duration);
    while (time.now().isBefore(end)) {
      Duration pause = reporter.step();
      Duration left = Duration.between(time.now(), end);
      time.pass(pause.compareTo(left) < 0 ? pause.plusMillis(1) : left);
    }
  }

  private Window window(long index, int buckets) {
    Map<Integer, Long> latency = new TreeMap<>();
    for (int i = 0; i < buckets; i++) latency.put(i, 1_000_000L);
    return new Window(
        SLOT,
        Digest.of(new byte[] {1}),
        index,
        time.now(),
        Duration.ofSeconds(2),
        true,
        1,
        1,
        0,
        0,
        new LatencyHistogram(latency),
        OptionalInt.empty());
  }

  private List<String> details() {
    return server.taken.stream().flatMap(r -> r.events().stream()).map(Event::detail).toList();
  }

  @Test
  void aReportComesAsOftenAsTheServerAsks() throws Exception {
    pass(Duration.ofSeconds(5));
    assertThat(server.taken).hasSize(1);
    pass(Duration.ofMinutes(10));

    assertThat(server.taken).hasSizeBetween(10, 11);
    assertThat(server.heartbeats).isEqualTo(server.taken.size());
    assertThat(reporter.interval()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void factsAreToldFirstAndAgainWhenWhatLiesBelowTheModelsHasChanged() throws Exception {
    facts = stack("6.6.31");
    pass(Duration.ofSeconds(6));
    facts = stack("6.6.31").with(1000, 10);
    pass(Duration.ofMinutes(3));
    facts = stack("6.12.20");
    pass(Duration.ofMinutes(3));

    assertThat(server.taken.stream().flatMap(r -> r.facts().stream()).map(DeviceFacts::kernel))
        .containsExactly("6.6.31", "6.12.20");
    assertThat(server.taken.getFirst().facts()).isPresent();
  }

  private static DeviceFacts stack(String kernel) {
    return new DeviceFacts(
        "",
        "",
        "",
        kernel,
        new DataSize(0),
        List.of(),
        Map.of("hailort", Version.parse("5.1.1")),
        "");
  }

  @Test
  void anEventIsToldAtOnce() throws Exception {
    pass(Duration.ofSeconds(6));
    int before = server.taken.size();
    happens("now");
    reporter.step();

    assertThat(server.taken).hasSize(before + 1);
    assertThat(details()).containsExactly("now");
  }

  @Test
  void reportsAreNumberedAndChained() throws Exception {
    pass(Duration.ofMinutes(5));
    boot();
    pass(Duration.ofMinutes(5));

    assertThat(server.taken).hasSizeGreaterThan(8);
    for (int i = 0; i < server.taken.size(); i++) {
      Report report = server.taken.get(i);
      assertThat(report.seq()).isEqualTo(i + 1L);
      assertThat(report.prevHash())
          .isEqualTo(
              i == 0 ? Optional.empty() : Optional.of(Digest.of(server.payloads.get(i - 1))));
    }
  }

  @Test
  void eventsOfMonthsOfflineAreAllToldInTheEnd() throws Exception {
    server.away = true;
    pass(Duration.ofSeconds(10));
    for (int i = 0; i < 500; i++) {
      happens("event " + i);
      pass(Duration.ofMinutes(10));
    }
    assertThat(outbox.size()).isLessThanOrEqualTo(Outbox.MAX);
    boot();
    server.away = false;
    pass(Duration.ofMinutes(20));

    assertThat(details()).hasSize(500);
    assertThat(details().getFirst()).isEqualTo("event 0");
    assertThat(details().getLast()).isEqualTo("event 499");
    assertThat(outbox.size()).isZero();
    assertThat(layout.outbox()).isEmptyDirectory();
  }

  @Test
  void offlineWindowsAreThinnedAndNeverForgottenAltogether() throws Exception {
    server.away = true;
    pass(Duration.ofSeconds(10));
    for (int i = 0; i < 20_000; i++) {
      windows.add(window(i, 20));
      if (i % 50 == 0) pass(Duration.ofSeconds(100));
    }
    assertThat(outbox.size()).isLessThanOrEqualTo(Outbox.MAX);
    assertThat(windows.size()).isLessThanOrEqualTo(512);
    server.away = false;
    pass(Duration.ofHours(2));

    List<Long> told =
        server.taken.stream().flatMap(r -> r.windows().stream()).map(Window::index).toList();
    assertThat(told).hasSizeGreaterThan(1000).isSorted().doesNotHaveDuplicates();
    assertThat(told.getLast()).isEqualTo(19_999);
  }

  @Test
  void aReportThatWouldBeTooLargeLeavesWindowsForTheNext() throws Exception {
    for (int i = 0; i < 200; i++) windows.add(window(i, LatencyHistogram.BUCKETS));
    pass(Duration.ofHours(2));

    assertThat(server.taken.stream().mapToInt(r -> r.windows().size()).sum()).isEqualTo(200);
    assertThat(server.taken.stream().filter(r -> !r.windows().isEmpty()).count()).isGreaterThan(2);
  }

  @Test
  void aCrashBetweenAReportAndItsNumberGivesNoNumberTwice() throws Exception {
    server.away = true;
    happens("before");
    pass(Duration.ofSeconds(10));
    // As if the power had failed right after the report's own file was durable.
    Files.delete(folder.resolve("state/reporting.json"));
    boot();
    happens("after");
    server.away = false;
    pass(Duration.ofSeconds(400));

    assertThat(details()).containsExactly("before", "after");
    assertThat(server.taken).extracting(Report::seq).startsWith(1L, 2L).doesNotHaveDuplicates();
  }
}

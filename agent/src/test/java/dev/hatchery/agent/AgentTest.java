package dev.hatchery.agent;

import static dev.hatchery.agent.fixture.FakeServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.config.AgentFile;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FakeInference;
import dev.hatchery.agent.fixture.FakeServer;
import dev.hatchery.agent.fixture.FakeService.Behaviour;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.agent.slot.Clocks;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Report;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent over real HTTP, with real threads, against a server and a service by hand. */
final class AgentTest {
  private static final Name SLOT = new Name("vision");
  private static final Keys KEYS = new Keys();
  private static final TestBundle V1 = TestBundle.of("1.0.0", 200_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", 200_000, KEYS.release);
  private static final Order.Trial TRIAL =
      new Order.Trial(Duration.ofSeconds(5), Duration.ofMillis(300), 3);

  @TempDir Path folder;
  private FakeServer server;
  private FakeInference inference;
  private Agent agent;
  private volatile Duration ahead = Duration.ZERO;
  private final Random random = new Random(3);
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @BeforeEach
  void begin() throws Exception {
    server = new FakeServer(KEYS);
    server.enrolment(folder.resolve("enrolment.json"));
    inference = new FakeInference(folder.resolve("state/slots/vision"));
    agent = start();
  }

  private Agent start() throws Exception {
    Path file = folder.resolve("agent.yaml");
    Files.writeString(
        file,
        """
        state: state
        enrolment: enrolment.json
        device: cam-1
        labels: {site: oslo}
        reconnect: {min: 20ms, max: 200ms}
        longPoll: 20s
        reserve: 1 MiB
        slots:
          vision:
            channel: stable
            service:
              url: http://127.0.0.1:%d
              reload: {http: /reload}
        """
            .formatted(inference.port()));
    AgentConfig config = AgentFile.read(file, "host");
    EventLog events =
        new EventLog(new PrintStream(log, true, StandardCharsets.UTF_8), InstantSource.system());
    World world =
        new World(
            new RealDisk(),
            new Clocks(() -> Instant.now().plus(ahead), System::nanoTime),
            random,
            events,
            Path.of("/"),
            "amd64",
            "0.1.0");
    Agent started = Agent.open(config, world);
    started.start();
    return started;
  }

  private void restart() throws Exception {
    agent.end();
    agent = start();
  }

  @AfterEach
  void end() throws Exception {
    agent.end();
    server.close();
    inference.close();
  }

  private void order(TestBundle bundle, String command) {
    server.offer(bundle);
    server.order(
        Map.of(SLOT, bundle.order(command, TRIAL, Duration.ofMillis(300), Duration.ofMillis(500))));
  }

  private void awaitEvent(String command, Event.Kind kind) throws Exception {
    await(() -> server.eventsOf(command).contains(kind), command + " " + kind + "\n" + log);
  }

  private SlotStatus last() {
    return Objects.requireNonNull(server.reports.getLast().slots().get(SLOT));
  }

  @Test
  void aDeviceEnrolsInstallsProvesAndTells() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    await(() -> server.reports.getLast().events().isEmpty(), "a quiet report");

    assertThat(server.enrolments).hasSize(1);
    assertThat(server.enrolments.getFirst().slots()).containsEntry(SLOT, new Name("stable"));
    assertThat(server.eventsOf("c1"))
        .containsExactly(
            Event.Kind.ACCEPTED,
            Event.Kind.FETCHED,
            Event.Kind.VERIFIED,
            Event.Kind.TRIAL,
            Event.Kind.CONFIRMED);
    assertThat(last().state()).isEqualTo(State.CONFIRMED);
    assertThat(last().running()).contains(V1.digest());
    assertThat(last().proof()).isEqualTo(SlotStatus.Proof.ECHOED);
    assertThat(last().bytesDownloaded()).isEqualTo(V1.totalBytes());
    assertThat(server.reports.getLast().wire().orElseThrow().received())
        .isBetween(V1.totalBytes(), 2 * V1.totalBytes());
    assertThat(server.reports.getFirst().facts()).isPresent();
    assertThat(server.reports.subList(1, server.reports.size())).allMatch(r -> r.facts().isEmpty());
  }

  @Test
  void windowsArriveWithTheReports() throws Exception {
    order(V1, "c1");
    await(
        () -> server.reports.stream().anyMatch(r -> r.windows().stream().anyMatch(w -> w.warm())),
        "a warm window");

    List<dev.hatchery.core.Window> windows =
        server.reports.stream().flatMap(r -> r.windows().stream()).toList();
    assertThat(windows).allMatch(w -> w.bundle().equals(V1.digest()));
    assertThat(windows).extracting(w -> w.index()).doesNotHaveDuplicates().isSorted();
    assertThat(windows.getLast().requests()).isPositive();
    assertThat(windows.getLast().sample()).isPresent();
  }

  @Test
  void aSecondStartEnrolsNoSecondTimeAndIsANewBoot() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    int reports = server.reports.size();
    restart();
    await(() -> server.reports.size() > reports + 1, "reports of the second boot");

    assertThat(server.enrolments).hasSize(1);
    assertThat(server.reports.stream().map(Report::bootId).distinct()).hasSize(2);
    assertThat(server.reports.stream().filter(r -> r.facts().isPresent())).hasSize(2);
    assertThat(server.seqs())
        .isEqualTo(LongStream.rangeClosed(1, server.reports.size()).boxed().toList());
  }

  @Test
  void reportsThatTheServerDidNotTakeSurviveARestart() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    server.deaf = true;
    order(V2, "c2");
    await(() -> inference.service.loaded().equals(Optional.of(V2.digest())), "the second model");
    await(
        () ->
            log.toString(StandardCharsets.UTF_8).contains("event=confirmed slot=vision command=c2"),
        "c2");
    restart();
    server.deaf = false;
    awaitEvent("c2", Event.Kind.CONFIRMED);

    assertThat(server.eventsOf("c2"))
        .containsExactly(
            Event.Kind.ACCEPTED,
            Event.Kind.FETCHED,
            Event.Kind.VERIFIED,
            Event.Kind.TRIAL,
            Event.Kind.CONFIRMED);
    await(() -> outboxIsEmpty(), "an empty outbox");
  }

  private boolean outboxIsEmpty() {
    try (var files = Files.list(folder.resolve("state/outbox"))) {
      return files.findAny().isEmpty();
    } catch (java.io.IOException e) {
      return false;
    }
  }

  @Test
  void aRollbackOrderCostsNoBytes() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    order(V2, "c2");
    awaitEvent("c2", Event.Kind.CONFIRMED);
    long blobs = blobsAsked();
    order(V1, "c3");
    awaitEvent("c3", Event.Kind.CONFIRMED);

    assertThat(server.events().stream().filter(e -> e.commandId().equals("c3")))
        .allMatch(e -> e.bytesDownloaded() == 0);
    assertThat(blobsAsked()).isEqualTo(blobs);
    assertThat(inference.service.loaded()).contains(V1.digest());
  }

  private long blobsAsked() {
    return server.asked.stream().filter(a -> a.contains("/blobs/")).count();
  }

  @Test
  void aDeviceThatLosesTheServerDuringATrialGoesBackByItselfAndTellsLater() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    inference.service.behaviours.put(V2.digest(), Behaviour.WRONG_LABELS);
    server.nextReport = Duration.ofMillis(200);
    order(V2, "c2");
    await(() -> inference.service.loaded().equals(Optional.of(V2.digest())), "the switch");
    server.close();
    await(() -> inference.service.loaded().equals(Optional.of(V1.digest())), "the way back");

    FakeServer back = new FakeServer(KEYS, server.port());
    back.knows(server);
    List<Report> before = List.copyOf(server.reports);
    server = back;
    server.reports.addAll(before);
    awaitEvent("c2", Event.Kind.ROLLED_BACK);
    assertThat(server.events())
        .anyMatch(
            e -> e.kind() == Event.Kind.ROLLED_BACK && e.reason().equals(Optional.of(Code.GOLDEN)));
    await(() -> last().running().equals(Optional.of(V1.digest())), "the old model's echo");
  }

  @Test
  void aCutDownloadIsResumedWithARange() throws Exception {
    server.cutBlobsAfter = 90_000;
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);

    assertThat(last().bytesDownloaded()).isEqualTo(V1.totalBytes());
    assertThat(server.reports.getLast().wire().orElseThrow().received())
        .isBetween(V1.totalBytes(), 2 * V1.totalBytes());
  }

  @Test
  void aRefusedTokenIsReplacedByAFreshOneOnce() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    long tokens = tokensAsked();
    server.refuseTokens = 1;
    order(V2, "c2");
    awaitEvent("c2", Event.Kind.CONFIRMED);

    assertThat(tokensAsked()).isEqualTo(tokens + 1);
  }

  private long tokensAsked() {
    return server.asked.stream().filter(a -> a.endsWith("/token")).count();
  }

  @Test
  void aDesiredStateForAnotherDeviceIsToldOnceAndChangesNothing() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    byte[] foreign =
        KEYS.desired(
            new DesiredState(
                new DeviceId("cam-2"),
                1,
                50,
                Instant.now(),
                Keys.FAR,
                0,
                Map.of(SLOT, V2.order("c2", TRIAL))));
    server.show(foreign);
    await(() -> failures().equals(List.of(Code.WRONG_DEVICE)), "the refusal");
    restart();
    await(() -> told("event=desired-state-refused") == 2, "the second refusal");

    assertThat(told("event=refused")).as("in the journal, for reports").isEqualTo(1);
    assertThat(last().current()).contains(V1.digest());
    assertThat(last().state()).isEqualTo(State.CONFIRMED);
  }

  // It stayed put until the server, which had nothing new to say, signed the same again.
  @Test
  void anOrderThatWasRefusedByAClockThatWasAheadIsCarriedOutWhenTheClockIsRight() throws Exception {
    server.offer(V1);
    ahead = Duration.ofDays(30);
    Instant now = Instant.now();
    server.show(
        KEYS.desired(
            new DesiredState(
                new DeviceId("cam-1"),
                1,
                50,
                now,
                now.plus(Duration.ofDays(7)),
                0,
                Map.of(SLOT, V1.order("c1", TRIAL)))));
    await(() -> failures().equals(List.of(Code.EXPIRED)), "the refusal");
    await(() -> told("event=desired-state-refused") > 1, "another try");
    ahead = Duration.ZERO;
    awaitEvent("c1", Event.Kind.CONFIRMED);

    assertThat(failures()).as("told once").containsExactly(Code.EXPIRED);
  }

  private long told(String words) {
    return log.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains(words)).count();
  }

  private List<Code> failures() {
    return server.events().stream()
        .filter(e -> e.kind() == Event.Kind.FAILED)
        .flatMap(e -> e.reason().stream())
        .toList();
  }

  @Test
  void aReplayedOlderDesiredStateIsARollback() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    byte[] old = server.shown().toArray();
    order(V2, "c2");
    awaitEvent("c2", Event.Kind.CONFIRMED);
    server.show(old);
    await(() -> failures().contains(Code.ROLLBACK), "the refusal");

    assertThat(last().current()).contains(V2.digest());
  }

  @Test
  void newsThatIsHeldBackIsAFreezeAlarm() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    server.nextReport = Duration.ofMillis(200);
    server.keepNewsBack();
    await(() -> failures().contains(Code.FREEZE), "the alarm");
    int reports = server.reports.size();
    await(() -> server.reports.size() > reports + 3, "more reports");

    assertThat(failures()).as("said once").containsExactly(Code.FREEZE);
  }

  @Test
  void aNewOrderReachesADeviceThatIsParkedInAPoll() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    long polls = server.asked.stream().filter(a -> a.contains("/desired")).count();
    order(V2, "c2");
    awaitEvent("c2", Event.Kind.ACCEPTED);

    assertThat(server.asked.stream().filter(a -> a.contains("/desired")).count())
        .isLessThanOrEqualTo(polls + 2);
  }

  @Test
  void twoAgentsDoNotShareAFolder() throws Exception {
    org.assertj.core.api.Assertions.assertThatThrownBy(this::start)
        .isInstanceOfSatisfying(
            dev.hatchery.core.Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.CONFLICT));
  }

  @Test
  void theLogHoldsNoSecret() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    String told = log.toString(StandardCharsets.UTF_8);

    assertThat(told).contains("event=confirmed slot=vision command=c1");
    assertThat(told).doesNotContain("the-token", "token-0", "PRIVATE KEY", "Bearer");
  }
}

package dev.hatchery.lab.fleet;

import dev.hatchery.agent.api.Answer;
import dev.hatchery.agent.api.Identity;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.report.Reporter;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.ReportBatch;
import dev.hatchery.wire.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One device: a disk, a clock that may be wrong, a service, a line to the server, and the agent as
 * long as it runs. It drives the agent's parts as their loops do: each is called again after the
 * time it asked for, or when there is news.
 */
final class SimulatedDevice implements Reporter.Sender {
  static final Name CHANNEL = new Name("stable");
  private static final Layout LAYOUT = new Layout(Path.of("/var/lib/hatchery"));
  private static final DataSize ANSWER_MAX = DataSize.mib(1);
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

  private final World world;
  private final Identity identity;
  private final Labels labels;
  private final RandomGenerator chance;
  private final UnaryOperator<Map<Name, SlotStatus>> told;
  private final MemoryDisk disk = new MemoryDisk();
  private final DeviceClock clock;
  private final Line line;
  private final SimulatedService service;
  private final Timeline.Alarm work;
  private final Timeline.Alarm report;
  private final Timeline.Alarm poll;
  private final Timeline.Alarm wake;
  private @Nullable AgentRun agent;
  private Optional<Digest> have = Optional.empty();
  private Optional<Secret> token;
  private int boots;

  /** What all devices of a simulation share. */
  record World(
      Timeline time,
      Servers servers,
      Weather weather,
      Envelope trust,
      Signatures signatures,
      Observer observer) {}

  /**
   * A device that is off, and has not joined.
   *
   * @param unlucky whether it is of the tenth that some releases fail on
   * @param told what a test makes of what it says
   */
  SimulatedDevice(
      World world,
      Identity identity,
      Labels labels,
      Secret token,
      boolean unlucky,
      java.util.function.Function<Digest, Nature> natures,
      RandomGenerator chance,
      UnaryOperator<Map<Name, SlotStatus>> told) {
    this.world = world;
    this.identity = identity;
    this.labels = labels;
    this.token = Optional.of(token);
    this.chance = chance;
    this.told = told;
    this.clock = new DeviceClock(world.time);
    this.line = new Line(identity.device(), world.servers, world.weather, world.time, chance);
    this.service =
        new SimulatedService(
            world.time,
            new Slot(disk, LAYOUT.slot(AgentRun.SLOT), AgentRun.SLOT),
            disk,
            natures,
            unlucky,
            chance,
            this::serviceChanged);
    this.work = world.time.alarm(() -> run(this::work));
    this.report = world.time.alarm(() -> run(this::report));
    this.poll = world.time.alarm(() -> run(this::poll));
    this.wake = world.time.alarm(this::start);
  }

  DeviceId id() {
    return identity.device();
  }

  Labels labels() {
    return labels;
  }

  SimulatedService service() {
    return service;
  }

  MemoryDisk disk() {
    return disk;
  }

  DeviceClock clock() {
    return clock;
  }

  Line line() {
    return line;
  }

  Optional<AgentRun> agent() {
    return Optional.ofNullable(agent);
  }

  boolean on() {
    return agent != null;
  }

  // ---- power

  private interface Piece {
    void run(AgentRun agent) throws InterruptedException;
  }

  private void run(Piece piece) {
    AgentRun running = agent;
    if (running == null) return;
    try {
      piece.run(running);
    } catch (MemoryDisk.PowerCut cut) {
      lostPower(Duration.ofSeconds(20 + chance.nextInt(600)));
    } catch (Refusal refusal) {
      // The agent's own storage: it ends, and its supervisor starts another.
      if (refusal.code() != Code.STORAGE) throw refusal;
      restart();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a simulation", e);
    }
  }

  /** Switches it on. */
  void start() {
    if (agent != null) return;
    boots++;
    service.start();
    startAgent();
  }

  private void startAgent() {
    try {
      AgentRun started = new AgentRun(ground(), this);
      agent = started;
      have = started.acceptance.document();
      world.observer.booted(this, started);
    } catch (MemoryDisk.PowerCut cut) {
      lostPower(Duration.ofSeconds(20 + chance.nextInt(600)));
      return;
    }
    work.in(Duration.ZERO);
    report.in(Duration.ofMillis(chance.nextInt(5000)));
    poll.in(Duration.ofMillis(chance.nextInt(5000)));
  }

  private AgentRun.Ground ground() {
    return new AgentRun.Ground(
        identity,
        labels,
        LAYOUT,
        disk,
        clock.clocks(),
        chance,
        line,
        world.trust,
        world.signatures,
        service,
        "boot-" + boots,
        entry -> world.observer.wrote(this, entry),
        told);
  }

  /** Switches it off as a person does. */
  void shutDown() {
    AgentRun running = agent;
    if (running == null) return;
    try {
      running.end();
      off();
    } catch (MemoryDisk.PowerCut cut) {
      lostPower(Duration.ofSeconds(20 + chance.nextInt(600)));
    }
  }

  /** The power goes, and comes back. */
  void lostPower(Duration dark) {
    world.time.step();
    off();
    disk.loseVolatile(chance);
    wake.in(dark);
  }

  /** The agent alone ends and is started again. */
  void restart() {
    if (agent == null) return;
    world.time.step();
    agent = null;
    disk.keepVolatile();
    startAgent();
  }

  private void off() {
    agent = null;
    service.stop();
    work.off();
    report.off();
    poll.off();
  }

  private void serviceChanged() {
    if (agent != null) work.atOnce();
  }

  // ---- the agent's loops

  private void work(AgentRun running) throws InterruptedException {
    long before = running.journal.last();
    Duration pause = running.worker.step();
    if (running.journal.last() != before) report.atOnce();
    work.in(idle(running) ? longer(pause, running.watcher.untilWindowEnds()) : pause);
  }

  // A slot that rests on a service to which nothing happens sees the same at every look, so the
  // looks between the ends of two windows are left out.
  private boolean idle(AgentRun running) {
    boolean wanted =
        running
            .acceptance
            .desired()
            .flatMap(d -> Optional.ofNullable(d.slots().get(AgentRun.SLOT)))
            .filter(order -> !running.ledger().settled(order.commandId()))
            .isPresent();
    return !wanted && !running.ledger().busy() && service.steady();
  }

  private void report(AgentRun running) throws InterruptedException {
    if (token.isPresent()) {
      enrol(token.get());
      return;
    }
    report.in(running.reporter.step());
  }

  // As the agent's poller does, but that it never waits at the server: the server's answers and
  // heartbeats say when to ask again.
  private void poll(AgentRun running) throws InterruptedException {
    if (token.isPresent()) {
      poll.in(Duration.ofMinutes(1));
      return;
    }
    poll.in(asked(running));
  }

  private Duration asked(AgentRun running) throws InterruptedException {
    Line.Reply reply;
    try {
      Map<String, String> headers =
          have.map(d -> Map.of("If-None-Match", '"' + d.hex() + '"')).orElse(Map.of());
      reply = line.get("/device/v1/desired", Map.of("wait", "0"), headers);
    } catch (Refusal refusal) {
      return running.pollBackoff.next();
    }
    if (reply.status() == 304) {
      running.pollBackoff.reset();
      return longer(LEAST_PAUSE, reply.retryAfter());
    }
    if (reply.status() != 200) return longer(running.pollBackoff.next(), reply.retryAfter());
    return judged(running, reply);
  }

  private Duration judged(AgentRun running, Line.Reply reply) throws InterruptedException {
    return switch (running.acceptance.take(reply.body(), line)) {
      case Acceptance.Taken _ -> {
        have = Optional.of(Digest.of(reply.body()));
        running.pollBackoff.reset();
        work.atOnce();
        report.atOnce();
        yield longer(LEAST_PAUSE, reply.retryAfter());
      }
      case Acceptance.Known _ -> {
        have = Optional.of(Digest.of(reply.body()));
        yield longer(LEAST_PAUSE, reply.retryAfter());
      }
      case Acceptance.Refused refused -> {
        if (!refused.again()) have = Optional.of(refused.document());
        yield longer(running.pollBackoff.next(), reply.retryAfter());
      }
      case Acceptance.Later _ -> longer(running.pollBackoff.next(), reply.retryAfter());
    };
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  // ---- what is said

  private void enrol(Secret with) {
    var request =
        new EnrolRequest(
            with,
            identity.device(),
            identity.key().publicKey(),
            labels,
            DeviceFacts.UNKNOWN,
            Map.of(AgentRun.SLOT, CHANNEL));
    Envelope signed = identity.sign(Envelope.ENROL, Wire.ENROL_REQUEST.bytes(request));
    try {
      Line.Reply reply = line.post("/device/v1/enroll", () -> Wire.ENVELOPE.bytes(signed));
      if (reply.status() == 200) {
        Wire.ENROL_ANSWER.parse(reply.body(), ANSWER_MAX, "answer");
        token = Optional.empty();
        poll.in(Duration.ZERO);
        report.in(Duration.ZERO);
        return;
      }
    } catch (Refusal refusal) {
      // Tried again below.
    }
    report.in(Duration.ofSeconds(10 + chance.nextInt(50)));
  }

  /** Whoever has not joined by now needs another token: they last for a day. */
  void invite(Secret another) {
    if (!enrolled()) token = Optional.of(another);
  }

  boolean enrolled() {
    return token.isEmpty();
  }

  @Override
  public Answer<ReportAnswer> send(ReportBatch batch) {
    try {
      Line.Reply reply = line.post("/device/v1/reports", () -> Wire.REPORT_BATCH.bytes(batch));
      if (reply.status() / 100 != 2) {
        return new Answer.Bad<>(Line.problem(reply), reply.retryAfter());
      }
      return new Answer.Good<>(
          Wire.REPORT_ANSWER.parse(reply.body(), ANSWER_MAX, "report answer"), reply.retryAfter());
    } catch (Refusal refusal) {
      return new Answer.Bad<>(refusal, Duration.ZERO);
    }
  }

  @Override
  public void heartbeat(Envelope envelope, String nonce) {
    AgentRun running = agent;
    if (running == null) return;
    Heartbeat heartbeat;
    try {
      heartbeat = running.freshness.check(envelope, nonce);
    } catch (Refusal refusal) {
      if (refusal.code() == Code.STORAGE) throw refusal;
      return;
    }
    running.acceptance.heard(new Acceptance.Mark(heartbeat.keyset(), heartbeat.counter()));
    switch (running.freshness.judge(heartbeat, running.acceptance.seen())) {
      case FRESH -> {}
      case NEWS, FROZEN -> poll.atOnce();
    }
  }

  /** What the device believes that it should run. */
  Optional<DesiredState> desired() {
    return agent().flatMap(a -> a.acceptance.desired());
  }
}

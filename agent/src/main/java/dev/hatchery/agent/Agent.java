package dev.hatchery.agent;

import dev.hatchery.agent.api.DeviceApi;
import dev.hatchery.agent.api.Identity;
import dev.hatchery.agent.api.SiteCache;
import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.config.Facts;
import dev.hatchery.agent.config.Lookout;
import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.host.Host;
import dev.hatchery.agent.journal.Entry;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.peer.Peering;
import dev.hatchery.agent.peer.Peers;
import dev.hatchery.agent.peer.Shelf;
import dev.hatchery.agent.report.Reporter;
import dev.hatchery.agent.report.WindowBuffer;
import dev.hatchery.agent.slot.Backoff;
import dev.hatchery.agent.slot.Boot;
import dev.hatchery.agent.slot.SlotLog;
import dev.hatchery.agent.slot.SlotMachine;
import dev.hatchery.agent.slot.SlotWorker;
import dev.hatchery.agent.slot.Watcher;
import dev.hatchery.agent.slot.Workshop;
import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.agent.store.PeerSource;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Sources;
import dev.hatchery.agent.store.Space;
import dev.hatchery.agent.store.Store;
import dev.hatchery.agent.store.Supplies;
import dev.hatchery.agent.telemetry.MetricNames;
import dev.hatchery.agent.telemetry.ServiceReadings;
import dev.hatchery.agent.telemetry.Windows;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.agent.uplink.Place;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.EnrolmentFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One run of the agent in one folder. What it is doing is on disk, so ending it, in whichever way,
 * loses nothing; a run that finds its storage or itself broken ends, and the next begins from what
 * is really there.
 */
final class Agent {
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final Duration AFTER_INTERRUPT = Duration.ofMillis(700);
  private static final Duration UNTIL_ENROLLED = Duration.ofMinutes(1);

  private final AgentConfig config;
  private final World world;
  private final Home home;
  private final Links links;
  private final Acceptance acceptance;
  private final Enrolment enrolment;
  private final Optional<Peers> peers;
  private final Workshop workshop;
  private final Reporter reporter;
  private final Poller poller;
  private final WindowBuffer windows = new WindowBuffer();
  private final AtomicLong windowIndex = new AtomicLong();
  private final String bootId;
  private final Map<Name, SlotWorker> workers = new TreeMap<>();
  private final List<Loop> slotLoops = new ArrayList<>();
  private final Loop reporting;
  private final Loop polling;
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();

  /** Opens the folder and puts it in order; nothing is done yet. */
  static Agent open(AgentConfig config, World world) {
    EnrolmentFile file = Home.enrolment(config.enrolment());
    Home home = Home.open(config, world);
    Links links = Links.open(file, config);
    try {
      return new Agent(config, world, file, home, links);
    } catch (RuntimeException e) {
      links.close();
      home.close();
      throw e;
    }
  }

  private Agent(AgentConfig config, World world, EnrolmentFile file, Home home, Links links) {
    this.config = config;
    this.world = world;
    this.home = home;
    this.links = links;
    Disk disk = world.disk();
    Identity identity = new Identity(config.device(), home.key());
    Lookout facts = new Lookout(() -> look(disk), world.clocks().monotonic());
    TrustStore trust =
        new TrustStore(disk, home.layout().state(), file.trust(), world.clocks().wall());
    this.bootId = bootId();
    this.acceptance =
        new Acceptance(disk, home.layout().state(), config.device(), trust, highestMark());
    DeviceApi api =
        new DeviceApi(
            links.server(), identity, trust::now, world.clocks().monotonic(), world.random());
    this.enrolment = new Enrolment(disk, home.layout(), config, file, identity, facts.get());
    Space space = new Space(disk, home.layout().root(), config.reserve());
    Store store = new Store(disk, home.layout(), space, config.slots().keySet());
    this.peers = peers(store, api);
    PeerSource neighbours = peers.isPresent() ? peers.get() : PeerSource.NONE;
    this.workshop =
        new Workshop(
            new Supplies(
                store,
                new Sources(blobs(api), neighbours, api, api),
                trust,
                api,
                facts,
                new Place(config.labels(), config.transfers().zone()),
                kinds(config),
                config.download().least(),
                config.download().within(),
                world.clocks().monotonic()),
            home.layout().state());
    this.reporting = new Loop("report", this::report, this::failed);
    this.polling = new Loop("desired", this::poll, this::failed);
    var alarms = new Heartbeats.Alarms(this::askAgain, this::refused);
    this.reporter =
        new Reporter(
            home.outbox(),
            home.journal(),
            windows,
            new Reporter.Told(
                identity,
                bootId,
                facts,
                this::statuses,
                () -> acceptance.mark().counter(),
                links.uplink()::count),
            new Heartbeats(api, trust, acceptance, world.log(), alarms),
            world.clocks(),
            world.random(),
            backoff());
    this.poller =
        new Poller(
            api,
            enrolment,
            acceptance,
            config.longPoll(),
            backoff(),
            world.clocks(),
            world.log(),
            new Poller.Wakes(polling::wake, this::news, this::refused));
    try {
      slots(store);
    } catch (RuntimeException e) {
      peers.ifPresent(Peers::close);
      throw e;
    }
  }

  private static Map<Name, Pipeline> kinds(AgentConfig config) {
    Map<Name, Pipeline> kinds = new TreeMap<>();
    config.slots().forEach((name, slot) -> kinds.put(name, slot.kind()));
    return kinds;
  }

  private DeviceFacts look(Disk disk) {
    return Facts.read(world.root(), world.cpuArch(), world.version(), config.facts())
        .with(disk.totalSpace(home.layout().root()), disk.usableSpace(home.layout().root()))
        .shadowing(shadowing(config));
  }

  private static Set<Name> shadowing(AgentConfig config) {
    Set<Name> slots = new TreeSet<>();
    config
        .slots()
        .forEach(
            (name, slot) -> {
              if (slot.service().shadow()) slots.add(name);
            });
    return slots;
  }

  private Optional<Peers> peers(Store store, DeviceApi api) {
    Peering peering = config.transfers().peers();
    if (!peering.enabled()) return Optional.empty();
    String site = config.labels().get(Labels.SITE).orElse("");
    var means =
        new Peers.Means(
            Shelf.of(store.blobs()),
            api::chunks,
            world.clocks().monotonic(),
            world.random(),
            world.log()::line);
    return Optional.of(Peers.open(peering, new Peers.Self(config.device(), site), means));
  }

  // The site's cache first, if there is one.
  private BlobSource blobs(DeviceApi api) {
    return links
        .siteCache()
        .<BlobSource>map(cache -> new SiteCache(cache, api, world.clocks().monotonic()))
        .orElse(api);
  }

  private void slots(Store store) {
    Map<Name, SlotLog> logs = new TreeMap<>();
    for (Name name : config.slots().keySet()) {
      logs.put(name, new SlotLog(home.journal(), name, world.clocks()::now, this::written));
    }
    home.boot().recover(store, home.journal(), logs);
    logs.forEach((name, log) -> slot(store.slot(name), log));
    Boot.tidy(store, home.journal(), config.slots().keySet());
  }

  private void slot(Slot slot, SlotLog log) {
    Host host = new Host(world.root());
    Watcher watcher =
        new Watcher(
            links.service(slot.name()),
            new Watcher.Measures(
                new Windows(
                    slot.name(), bootId, windowIndex::getAndIncrement, readings(slot.name())),
                new Windows(
                    slot.name(),
                    bootId,
                    windowIndex::getAndIncrement,
                    MetricNames.DEFAULT.ofShadow().readings())),
            windows::add,
            world.clocks(),
            reporter::interval,
            () -> host.look(world.clocks().now()));
    SlotMachine machine =
        new SlotMachine(
            log, slot, workshop, watcher, world.clocks(), acceptance::desired, backoff());
    SlotWorker worker = new SlotWorker(log, slot, workshop, watcher, machine);
    workers.put(slot.name(), worker);
    slotLoops.add(new Loop("slot-" + slot.name(), () -> work(worker), this::failed));
  }

  private ServiceReadings readings(Name slot) {
    AgentConfig.SlotConfig configured = config.slots().get(slot);
    return configured == null ? ServiceReadings.NONE : configured.service().names().readings();
  }

  /** Begins to work. */
  void start() {
    world.log().line("started", "device", config.device(), "boot", bootId);
    slotLoops.forEach(Loop::start);
    polling.start();
    reporting.start();
  }

  /** Completes when the run has come to an end that nobody asked for. */
  CompletableFuture<Throwable> ended() {
    return ended;
  }

  // A status is told at once when it may have changed with an event; see written().
  private Duration work(SlotWorker worker) throws InterruptedException {
    long before = home.journal().last();
    Duration pause = worker.step();
    if (home.journal().last() != before) reporting.wake();
    return pause;
  }

  private Duration poll() throws InterruptedException {
    return poller.step();
  }

  private Duration report() throws InterruptedException {
    return enrolment.done() ? reporter.step() : UNTIL_ENROLLED;
  }

  private Map<Name, SlotStatus> statuses() {
    Map<Name, SlotStatus> statuses = new TreeMap<>();
    workers.forEach((name, worker) -> statuses.put(name, worker.status()));
    return statuses;
  }

  private void news() {
    slotLoops.forEach(Loop::wake);
    reporting.wake();
  }

  private void askAgain() {
    poller.askAgain();
  }

  private void written(Entry entry) {
    world.log().entry(entry);
  }

  // Told once for each document, also after a restart: the journal remembers.
  private void refused(Step.Refused refused) {
    Journal journal = home.journal();
    boolean told =
        journal.after(0).stream()
            .anyMatch(
                e ->
                    e.step() instanceof Step.Refused before
                        && before.document().equals(refused.document()));
    if (told) return;
    // It belongs to no slot, being not believed; the first stands for the device.
    Name slot = config.slots().keySet().iterator().next();
    written(
        journal.append(world.clocks().now(), slot, "", Optional.empty(), Traffic.NONE, refused));
    reporting.wake();
  }

  private void failed(Throwable why) {
    ended.complete(why);
  }

  private Acceptance.Mark highestMark() {
    Acceptance.Mark highest = Acceptance.NOTHING;
    for (Name slot : config.slots().keySet()) {
      Ledger ledger = home.journal().ledger(slot);
      Acceptance.Mark mark = new Acceptance.Mark(ledger.keyset(), ledger.counter());
      if (mark.compareTo(highest) > 0) highest = mark;
    }
    return highest;
  }

  private String bootId() {
    byte[] id = new byte[16];
    world.random().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private Backoff backoff() {
    return new Backoff(config.reconnect().min(), config.reconnect().max(), world.random());
  }

  private static boolean ended(List<Loop> loops, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean all = true;
    for (Loop loop : loops) all &= loop.ended(deadline);
    return all;
  }

  /** Ends the run within two seconds, in order if it can. */
  void end() throws InterruptedException {
    List<Loop> loops = new ArrayList<>(slotLoops);
    loops.add(polling);
    loops.add(reporting);
    loops.forEach(Loop::stop);
    poller.close();
    boolean all = ended(loops, GRACE);
    if (!all) {
      loops.forEach(Loop::interrupt);
      all = ended(loops, AFTER_INTERRUPT);
    }
    peers.ifPresent(Peers::close);
    links.close();
    try {
      if (all) workers.values().forEach(SlotWorker::close);
      if (all && !ended.isDone()) home.boot().ended();
    } catch (Refusal refusal) {
      world.log().refusal("not-ended-cleanly", refusal);
    } finally {
      home.close();
    }
    world.log().line("ended");
  }
}

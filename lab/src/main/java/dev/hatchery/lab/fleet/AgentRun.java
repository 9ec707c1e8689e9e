package dev.hatchery.lab.fleet;

import dev.hatchery.agent.api.Identity;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.journal.Entry;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.report.Outbox;
import dev.hatchery.agent.report.Reporter;
import dev.hatchery.agent.report.WindowBuffer;
import dev.hatchery.agent.slot.Backoff;
import dev.hatchery.agent.slot.Boot;
import dev.hatchery.agent.slot.Clocks;
import dev.hatchery.agent.slot.SlotLog;
import dev.hatchery.agent.slot.SlotMachine;
import dev.hatchery.agent.slot.SlotWorker;
import dev.hatchery.agent.slot.Watcher;
import dev.hatchery.agent.slot.Workshop;
import dev.hatchery.agent.store.PeerSource;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Sources;
import dev.hatchery.agent.store.Space;
import dev.hatchery.agent.store.Store;
import dev.hatchery.agent.store.Supplies;
import dev.hatchery.agent.telemetry.Windows;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.agent.trust.Freshness;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.agent.uplink.Place;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.WireCount;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * One run of the agent on a device: its real parts, put together as the agent puts them together,
 * on a disk in memory and on virtual time. All that is not on the disk ends with it.
 */
final class AgentRun {
  static final Name SLOT = new Name("vision");
  private static final Duration BACKOFF_MIN = Duration.ofSeconds(5);
  private static final Duration BACKOFF_MAX = Duration.ofMinutes(5);

  final Journal journal;
  final Outbox outbox;
  final TrustStore trust;
  final Acceptance acceptance;
  final Freshness freshness;
  final Slot slot;
  final Watcher watcher;
  final SlotWorker worker;
  final Reporter reporter;
  final Backoff pollBackoff;
  private final Boot boot;

  /** What it runs on. */
  record Ground(
      Identity identity,
      Labels labels,
      Layout layout,
      MemoryDisk disk,
      Clocks clocks,
      RandomGenerator chance,
      Line line,
      Envelope trust,
      Signatures signatures,
      SimulatedService service,
      String machineBoot,
      Consumer<Entry> written,
      UnaryOperator<Map<Name, SlotStatus>> told) {}

  AgentRun(Ground g, Reporter.Sender sender) {
    g.layout.prepare(g.disk, List.of(SLOT));
    g.disk.sync(g.layout.root());
    outbox = new Outbox(g.disk, g.layout);
    journal = Journal.open(g.disk, g.layout.journal());
    journal.skipTo(outbox.journalThrough());
    boot = new Boot(g.disk, g.layout.state(), g.machineBoot);
    trust = new TrustStore(g.disk, g.layout.state(), g.trust, g.clocks.wall(), g.signatures);
    String bootId = bootId(g.chance);
    Ledger ledger = journal.ledger(SLOT);
    acceptance =
        new Acceptance(
            g.disk,
            g.layout.state(),
            g.identity.device(),
            trust,
            new Acceptance.Mark(ledger.keyset(), ledger.counter()));
    freshness = new Freshness(trust);
    Space space = new Space(g.disk, g.layout.root(), Optional.of(new DataSize(0)));
    Store store = new Store(g.disk, g.layout, space, List.of(SLOT));
    Workshop workshop = new Workshop(supplies(g, store), g.layout.state());
    WindowBuffer windows = new WindowBuffer();
    reporter = reporter(g, bootId, windows, sender);
    SlotLog log = new SlotLog(journal, SLOT, g.clocks::now, g.written);
    boot.recover(store, journal, new TreeMap<>(Map.of(SLOT, log)));
    slot = store.slot(SLOT);
    AtomicLong index = new AtomicLong();
    watcher =
        new Watcher(
            g.service,
            new Watcher.Measures(
                new Windows(SLOT, bootId, index::getAndIncrement),
                new Windows(SLOT, bootId, index::getAndIncrement)),
            windows::add,
            g.clocks,
            reporter::interval);
    SlotMachine machine =
        new SlotMachine(
            log, slot, workshop, watcher, g.clocks, acceptance::desired, backoff(g.chance));
    worker = new SlotWorker(log, slot, workshop, watcher, machine);
    Boot.tidy(store, journal, List.of(SLOT));
    pollBackoff = backoff(g.chance);
  }

  private Supplies supplies(Ground g, Store store) {
    return new Supplies(
        store,
        new Sources(g.line, PeerSource.NONE, g.line, g.line),
        trust,
        g.line,
        () -> DeviceFacts.UNKNOWN,
        new Place(g.labels, Optional.empty()),
        Map.of(),
        DataSize.kib(1),
        Duration.ofSeconds(30),
        g.clocks.monotonic());
  }

  private Reporter reporter(Ground g, String bootId, WindowBuffer windows, Reporter.Sender sender) {
    return new Reporter(
        outbox,
        journal,
        windows,
        new Reporter.Told(
            g.identity,
            bootId,
            () -> DeviceFacts.UNKNOWN,
            () -> g.told.apply(Map.of(SLOT, status())),
            () -> acceptance.mark().counter(),
            () -> new WireCount(0, 0)),
        sender,
        g.clocks,
        g.chance,
        backoff(g.chance));
  }

  private SlotStatus status() {
    return worker.status();
  }

  private static Backoff backoff(RandomGenerator chance) {
    return new Backoff(BACKOFF_MIN, BACKOFF_MAX, chance);
  }

  private static String bootId(RandomGenerator chance) {
    byte[] id = new byte[16];
    chance.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  Ledger ledger() {
    return journal.ledger(SLOT);
  }

  /** It ends in order. */
  void end() {
    worker.close();
    boot.ended();
  }
}

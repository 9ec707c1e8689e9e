package dev.hatchery.agent.slot;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.fixture.FakeService;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.ManualClock;
import dev.hatchery.agent.fixture.MemorySource;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.agent.host.HostLook;
import dev.hatchery.agent.journal.Entry;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.store.PeerSource;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.store.Sources;
import dev.hatchery.agent.store.Space;
import dev.hatchery.agent.store.Store;
import dev.hatchery.agent.store.Supplies;
import dev.hatchery.agent.telemetry.MetricNames;
import dev.hatchery.agent.telemetry.Windows;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.agent.uplink.Place;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * One slot on a real folder, with a source and a service in memory and time that passes only while
 * the machine waits: everything is deterministic, and nothing takes longer than its work.
 */
final class Bench {
  static final Name SLOT = new Name("vision");
  static final DeviceId DEVICE = new DeviceId("cam-1");
  static final Order.Trial TRIAL =
      new Order.Trial(Duration.ofSeconds(20), Duration.ofSeconds(30), 3);
  private static final int MAX_STEPS = 20_000;

  final Keys keys;
  final MemorySource source;
  final FakeService service;
  final ManualClock time = new ManualClock();
  final Layout layout;
  final List<Window> windows = new ArrayList<>();
  Optional<DataSize> reserve = Optional.of(new DataSize(0));
  DeviceFacts facts = DeviceFacts.UNKNOWN;
  Map<Name, Pipeline> kinds = Map.of();
  long counter;
  long policyVersion;
  String machineBoot = "boot-1";
  Place place = Place.UNKNOWN;
  PeerSource neighbours = PeerSource.NONE;

  Disk disk;
  Journal journal;
  Slot slot;
  Store store;
  TrustStore trust;
  Acceptance acceptance;
  SlotWorker worker;

  Bench(Path root, Disk disk, Keys keys) {
    this.layout = new Layout(root);
    this.keys = keys;
    this.source = new MemorySource();
    this.service = new FakeService(layout.slot(SLOT));
    this.disk = disk;
    boot(disk);
  }

  /** Starts the agent's part anew: on the same folder, with nothing in memory. */
  @SuppressWarnings("NullAway.Init") // called by the constructor
  void boot(Disk on) {
    disk = on;
    layout.prepare(disk, List.of(SLOT));
    trust = new TrustStore(disk, layout.state(), keys.trustEnvelope(1), time.clocks().wall());
    trust.heard(time.clocks().wall().instant());
    journal = Journal.open(disk, layout.journal());
    Ledger ledger = journal.ledger(SLOT);
    acceptance =
        new Acceptance(
            disk,
            layout.state(),
            DEVICE,
            trust,
            new Acceptance.Mark(ledger.keyset(), ledger.counter()));
    store = new Store(disk, layout, new Space(disk, layout.root(), reserve), List.of(SLOT));
    slot = store.slot(SLOT);
    Workshop workshop =
        new Workshop(
            new Supplies(
                store,
                new Sources(source, neighbours, source, source),
                trust,
                source,
                () -> facts,
                place,
                kinds,
                DataSize.kib(1),
                Duration.ofSeconds(30),
                time.clocks().monotonic()),
            layout.state());
    SlotLog log = new SlotLog(journal, SLOT, time.clocks()::now, _ -> {});
    new Boot(disk, layout.state(), machineBoot)
        .recover(store, journal, new TreeMap<>(Map.of(SLOT, log)));
    AtomicLong index = new AtomicLong();
    Watcher watcher =
        new Watcher(
            service,
            new Watcher.Measures(
                new Windows(SLOT, "boot", index::getAndIncrement),
                new Windows(
                    SLOT,
                    "boot",
                    index::getAndIncrement,
                    MetricNames.DEFAULT.ofShadow().readings())),
            windows::add,
            time.clocks(),
            () -> Duration.ofSeconds(5),
            () -> HostLook.NOTHING);
    SlotMachine machine =
        new SlotMachine(
            log,
            slot,
            workshop,
            watcher,
            time.clocks(),
            acceptance::desired,
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(300), new Random(7)));
    worker = new SlotWorker(log, slot, workshop, watcher, machine);
  }

  /** The server orders a bundle. */
  Acceptance.Verdict order(TestBundle bundle, String command) throws InterruptedException {
    return order(bundle.order(command, TRIAL));
  }

  Acceptance.Verdict order(Order order) throws InterruptedException {
    return give(Map.of(SLOT, order));
  }

  Acceptance.Verdict give(Map<Name, Order> orders) throws InterruptedException {
    return acceptance.take(keys.desired(desired(++counter, orders)), source);
  }

  DesiredState desired(long number, Map<Name, Order> orders) {
    return new DesiredState(
        DEVICE, trust.trust().version(), number, time.now(), Keys.FAR, policyVersion, orders);
  }

  /** Lets time pass until it is so. */
  void until(BooleanSupplier done) throws InterruptedException {
    for (int i = 0; i < MAX_STEPS; i++) {
      if (done.getAsBoolean()) return;
      time.pass(worker.step());
    }
    throw new AssertionError("still not so: " + worker.status() + " " + journal.after(0));
  }

  void untilState(SlotStatus.State state) throws InterruptedException {
    until(() -> worker.status().state() == state);
  }

  void forSeconds(long seconds) throws InterruptedException {
    var end = time.now().plusSeconds(seconds);
    until(() -> !time.now().isBefore(end));
  }

  void install(TestBundle bundle, String command) throws InterruptedException {
    source.offer(bundle);
    order(bundle, command);
    until(() -> settled(command));
  }

  boolean settled(String command) {
    Ledger ledger = journal.ledger(SLOT);
    return ledger.commandId().equals(command) && !ledger.busy();
  }

  Optional<Digest> current() {
    return slot.pointer(Pointer.CURRENT);
  }

  Optional<Digest> lkg() {
    return slot.pointer(Pointer.LKG);
  }

  Optional<Digest> prev() {
    return slot.pointer(Pointer.PREV);
  }

  List<Event> events() {
    return journal.after(0).stream().map(Entry::event).flatMap(Optional::stream).toList();
  }

  List<Event.Kind> eventKinds() {
    return events().stream().map(Event::kind).toList();
  }

  List<Step> steps() {
    return journal.after(0).stream().map(Entry::step).toList();
  }
}

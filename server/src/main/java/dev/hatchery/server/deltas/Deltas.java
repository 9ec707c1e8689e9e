package dev.hatchery.server.deltas;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.registry.ContentStore;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Route;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.orders.Ordered;
import dev.hatchery.server.orders.Patches;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.wire.api.ExpectedBytes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/** The patches of this server: which are wanted, which there are, what they save. */
public final class Deltas implements Ordered, Patches, AutoCloseable {
  private static final Log LOG = Log.of(Deltas.class);

  /** How long a patch is kept that nothing needs. */
  private static final Duration KEPT = Duration.ofDays(1);

  /** Rollouts that were only thought of, and not looked at yet. */
  private static final int PROSPECTS_MAX = 16;

  private final Parts parts;
  private final DeltaStore store;
  private final Held held;
  private final Workshop workshop;

  // What was ordered and not looked at yet; as many as there are releases and slots, at most.
  private final Set<Wish> wishes = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Prospect> prospects = new ArrayBlockingQueue<>(PROSPECTS_MAX);
  private volatile Runnable news = () -> {}; // set once, before the workshop opens

  /** Devices are to have this release in this slot. */
  private record Wish(Name slot, Digest release) {}

  /** Devices may soon be ordered this release. */
  private record Prospect(Name slot, Release target, Collection<DeviceId> fleet) {}

  /**
   * What it stands on.
   *
   * @param scratch a folder of its own, where patches grow
   */
  public record Parts(
      Db db,
      ContentStore content,
      ReleaseStore releases,
      StatusStore statuses,
      Board board,
      Path scratch,
      Maker maker,
      InstantSource clock) {}

  public Deltas(Parts parts) {
    this.parts = parts;
    this.store = new DeltaStore(parts.db);
    this.held = new Held(parts.statuses, parts.releases);
    var tray = new Tray(parts.content, this::bundle);
    var bench = new Bench(parts.content, tray, parts.scratch, parts.maker, parts.clock);
    this.workshop = new Workshop(store, bench, parts.db, this::look, () -> news.run());
  }

  // The newest one: it is likelier to be what the file is wanted for.
  private Optional<Manifest> bundle(Name repository, Digest file) {
    return parts.releases.all().stream()
        .filter(r -> r.id().name().equals(repository) && parts.releases.holds(r.digest(), file))
        .map(Release::manifest)
        .findFirst();
  }

  /**
   * Goes on where the last run ended.
   *
   * @param changed hears that a patch was made or refused
   */
  public void start(Runnable changed) {
    news = changed;
    restoreLost();
    parts.board.all().forEach(desired -> desired.slots().forEach(this::ordered));
    workshop.start();
  }

  public List<Route> routes() {
    return new DeltaRoutes(this, parts.board, parts.releases).routes();
  }

  // Whoever tidied the registry up by hand must not make devices ask for what is gone.
  private void restoreLost() {
    List<Delta> lost =
        store.all().stream()
            .filter(
                d ->
                    d.state() instanceof Delta.Ready ready
                        && !parts.content.holds(d.pair().repository(), ready.patch()))
            .toList();
    if (lost.isEmpty()) return;
    LOG.warn("deltas.lost", "patches", lost.size());
    parts.db.write(
        tx -> {
          lost.forEach(delta -> store.settle(tx, delta.pair(), Delta.PENDING));
          return lost;
        });
  }

  /** Whether an order's bytes may come as patches that are made for it. */
  static boolean welcome(Order order) {
    return order.reason() != Order.Reason.ROLLBACK && welcome(order.delivery());
  }

  private static boolean welcome(Delivery delivery) {
    return delivery.deltas() != Delivery.DeltaUse.OFF;
  }

  @Override
  public void ordered(Name slot, Order order) {
    if (welcome(order) && wishes.add(new Wish(slot, order.manifest()))) workshop.wake();
  }

  // What was ordered since the last look; those of a rollout are wanted already.
  private void look() {
    for (Wish wish : List.copyOf(wishes)) {
      wishes.remove(wish);
      Optional<Release> target = parts.releases.find(wish.release);
      if (target.isEmpty()) continue;
      wantNew(wanted(target.get(), wish.slot, followers(wish)));
    }
    for (var next = prospects.poll(); next != null; next = prospects.poll()) {
      wantNew(wanted(next.target, next.slot, next.fleet));
    }
  }

  private void wantNew(List<Delta> wanted) {
    if (wanted.stream().anyMatch(d -> store.find(d.pair()).isEmpty())) want(wanted);
  }

  private List<DeviceId> followers(Wish wish) {
    return parts.board.all().stream()
        .filter(
            desired -> {
              Order order = desired.slots().get(wish.slot);
              return order != null && welcome(order) && order.manifest().equals(wish.release);
            })
        .map(DesiredState::device)
        .toList();
  }

  private List<Delta> wanted(Release target, Name slot, Collection<DeviceId> fleet) {
    var needs = new Needs();
    held.groups(fleet, slot)
        .forEach(
            (bundles, devices) -> {
              if (bundles.contains(target.digest())) return;
              needs.count(target, held.releases(bundles), devices);
            });
    return needs.wanted();
  }

  private void want(List<Delta> wanted) {
    parts.db.write(
        tx -> {
          store.want(tx, wanted, false, parts.clock.instant());
          return wanted;
        });
  }

  /** Wants what these devices will need, in the caller's transaction; made after it. */
  public void want(
      Tx tx, Release target, Name slot, Collection<DeviceId> fleet, Delivery delivery) {
    if (!welcome(delivery)) return;
    store.want(tx, wanted(target, slot, fleet), true, parts.clock.instant());
    tx.afterCommit(workshop::wake);
  }

  /** Has patches made for devices that may get a release; when there is too much else, not. */
  public void foresee(Release target, Name slot, Collection<DeviceId> fleet, Delivery delivery) {
    if (!welcome(delivery)) return;
    if (prospects.offer(new Prospect(slot, target, List.copyOf(fleet)))) workshop.wake();
  }

  /** Wants one more, because a device asked; false when it will not be made. */
  boolean wantOne(Delta delta) {
    if (!store.fits(delta)) return false;
    want(List.of(delta));
    workshop.wake();
    return store.find(delta.pair()).filter(Delta::pending).isPresent();
  }

  public Optional<Delta> find(Pair pair) {
    return store.find(pair);
  }

  boolean stored(Name repository, Digest blob) {
    return parts.content.holds(repository, blob);
  }

  /** How far the patches are that these devices need. */
  public Progress progress(
      Release target, Name slot, Collection<DeviceId> fleet, Delivery delivery) {
    if (!welcome(delivery)) return new Progress(0, 0);
    List<Delta> deltas =
        wanted(target, slot, fleet).stream().flatMap(d -> store.find(d.pair()).stream()).toList();
    int pending = (int) deltas.stream().filter(Delta::pending).count();
    return new Progress(deltas.size() - pending, deltas.size());
  }

  /** What it will cost that these devices get the release; those that hold it cost nothing. */
  public ExpectedBytes expected(
      Release target, Name slot, Collection<DeviceId> fleet, Delivery delivery) {
    var forecast = new Forecast(store, target, welcome(delivery));
    held.groups(fleet, slot)
        .forEach((bundles, devices) -> forecast.add(bundles, held.releases(bundles), devices));
    return forecast.done();
  }

  /** What a device lacks to have a release, by what it says it holds. */
  public List<Lack> lacks(DeviceId device, Name slot, Release target) {
    return Lack.of(target, held.releases(held.of(device, slot)));
  }

  @Override
  public Set<Digest> targets(Name repository, Digest patch) {
    return store.targets(repository, patch);
  }

  /** How many patches stand in each state. */
  public Map<String, Long> states() {
    Map<String, Long> states = new HashMap<>(Map.of("pending", 0L, "ready", 0L, "refused", 0L));
    store.all().forEach(delta -> states.merge(word(delta.state()), 1L, Long::sum));
    return states;
  }

  private static String word(Delta.State state) {
    return switch (state) {
      case Delta.Pending() -> "pending";
      case Delta.Ready _ -> "ready";
      case Delta.Refused _ -> "refused";
    };
  }

  /**
   * Forgets the patches of files that no needed release has, a day after they were last wanted: a
   * rollout that is only thought of has patches too. Their blobs stay in the registry, which does
   * not collect garbage yet.
   *
   * @return how many were forgotten
   */
  public int forget(Tx tx, Set<Digest> needed) {
    Map<Name, Set<Digest>> files = new HashMap<>();
    for (Digest release : needed) {
      parts
          .releases
          .find(release)
          .ifPresent(
              r ->
                  files
                      .computeIfAbsent(r.id().name(), _ -> new java.util.HashSet<>())
                      .addAll(r.blobs()));
    }
    List<Pair> stale =
        store.all().stream()
            .map(Delta::pair)
            .filter(p -> !files.getOrDefault(p.repository(), Set.of()).contains(p.target()))
            .toList();
    Instant before = parts.clock.instant().minus(KEPT);
    return stale.stream().mapToInt(pair -> store.forget(tx, pair, before)).sum();
  }

  /** Stops making; what is under way is begun anew after the next start. */
  @Override
  public void close() {
    workshop.close();
  }
}

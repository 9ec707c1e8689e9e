package dev.hatchery.agent.store;

import dev.hatchery.agent.store.FetchPlan.Way;
import dev.hatchery.agent.uplink.Schedule.Hold;
import dev.hatchery.agent.uplink.Uplink;
import dev.hatchery.agent.uplink.Valve;
import dev.hatchery.core.Code;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Delivery.DeltaUse;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.DeltaOffers;
import dev.hatchery.wire.DeltaQuery;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One missing file on its way into the store, by the ways of its {@link FetchPlan}. A way that
 * fails is left for the next; the plan is made anew each time, from what is on the disk then.
 *
 * <p>Not thread-safe.
 */
final class FileFetch implements AutoCloseable {
  private static final Duration BUDGET = Duration.ofMillis(500);

  /** Neighbours that were of no use are left alone so long. */
  private static final Duration PEERS_LATER = Duration.ofSeconds(30);

  /** How often a patch in the making is asked for, and how long one that need not be. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** While the site's uplink is another's, neighbours are asked so often. */
  private static final Duration SITE_LATER = Duration.ofSeconds(5);

  /** These mean that this patch will not come, whoever is asked again. */
  private static final Set<Code> NO_PATCH =
      EnumSet.of(Code.DELTA, Code.NOT_FOUND, Code.FORBIDDEN, Code.HASH, Code.SIZE, Code.BAD_INPUT);

  /** Our disk; and a list of pieces that the server is still making, which is worth a wait. */
  private static final Set<Code> NOT_THEIR_FAULT =
      EnumSet.of(Code.STORAGE, Code.NO_SPACE, Code.RATE_LIMITED);

  private final Errand errand;
  private final FileEntry entry;
  private final long began;
  private @Nullable Way way;
  private @Nullable Download download;
  private @Nullable Applying applying;
  private @Nullable Asked asked;
  private long peersFrom;
  private long gained;

  /** What the server answered, and when it may be asked again. */
  private record Asked(Optional<DeltaOffers> offers, long again) {}

  /** What a step came to. */
  sealed interface Outcome {}

  /** There is more to do after this. */
  record Going(Duration pause) implements Outcome {}

  /** Something that is told must end first. */
  record Held(String why, Duration pause) implements Outcome {}

  /** The store has the file. */
  record Here() implements Outcome {}

  FileFetch(Errand errand, FileEntry entry) {
    this.errand = errand;
    this.entry = entry;
    this.began = errand.nanos();
    this.peersFrom = began;
  }

  Digest digest() {
    return entry.sha256();
  }

  /** Bytes that came and stayed, by whichever way. */
  long gained() {
    return gained;
  }

  Outcome step() throws InterruptedException {
    Way now = way;
    if (now == null) {
      now = choose();
      way = now;
    }
    return switch (now) {
      case FetchPlan.Here _ -> new Here();
      case FetchPlan.Peer _ -> fromPeer();
      case FetchPlan.Patch patch -> byPatch(patch.offer());
      case FetchPlan.Await _ -> await();
      case FetchPlan.Full _ -> whole();
    };
  }

  // ---- the plan

  private Way choose() throws InterruptedException {
    Delivery delivery = errand.order().delivery();
    boolean peers = errand.peers() && errand.nanos() - peersFrom >= 0;
    List<Digest> bases = errand.bases(entry);
    Optional<DeltaOffers> offers = peers ? Optional.empty() : offers(delivery.deltas(), bases);
    FetchPlan plan =
        FetchPlan.of(
            new FetchPlan.Need(
                entry.size(),
                errand.blobs().has(entry.sha256()),
                delivery.deltas(),
                peers,
                errand.patches().hasFailed(entry.sha256()),
                offers,
                new HashSet<>(bases),
                errand.store().downloaded(errand.slot(), entry.sha256()),
                patchesBegun(offers),
                !errand.rollback() && errand.nanos() - began < PATIENCE.toNanos()));
    if (plan.ways().isEmpty()) throw noWay();
    return plan.ways().getFirst();
  }

  private Optional<DeltaOffers> offers(DeltaUse use, List<Digest> bases)
      throws InterruptedException {
    Digest file = entry.sha256();
    if (use == DeltaUse.OFF || entry.size() <= FetchPlan.SMALL) return Optional.empty();
    if (errand.patches().hasFailed(file)) return Optional.empty();
    Optional<DeltaOffer> begun = errand.patches().chosen(file);
    if (begun.flatMap(DeltaOffer::base).filter(b -> !bases.contains(b)).isEmpty()
        && begun.isPresent()) {
      return Optional.of(new DeltaOffers(file, entry.size(), List.of(begun.get()), false));
    }
    Asked last = asked;
    if (last == null || errand.nanos() - last.again >= 0) {
      last = new Asked(ask(new DeltaQuery(file, bases)), errand.nanos() + ASK_AGAIN.toNanos());
      asked = last;
    }
    return last.offers;
  }

  private Optional<DeltaOffers> ask(DeltaQuery query) throws InterruptedException {
    try {
      return errand.supplies().sources().deltas().deltas(query);
    } catch (Refusal refusal) {
      if (Fetch.LATER.contains(refusal.code())) throw refusal;
      // A server that cannot say is one that has none.
      return Optional.empty();
    }
  }

  private Map<Digest, Long> patchesBegun(Optional<DeltaOffers> offers) {
    Map<Digest, Long> begun = new HashMap<>();
    for (DeltaOffer offer : offers.map(DeltaOffers::offers).orElse(List.of())) {
      long there =
          errand.blobs().has(offer.patch())
              ? offer.size()
              : errand.store().downloaded(errand.slot(), offer.patch());
      if (there > 0) begun.put(offer.patch(), there);
    }
    return begun;
  }

  private Refusal noWay() {
    String why = errand.patches().note();
    return Refusal.of(Code.DELTA, "this order takes patches only")
        .at(entry.path())
        .expected("a patch that applies")
        .got(why.isEmpty() ? "none is offered" : why)
        .fix("order it with deltas: prefer, or wait until the server has made the patch");
  }

  private Going anew() {
    way = null;
    return new Going(Duration.ZERO);
  }

  private Outcome await() throws InterruptedException {
    Optional<Outcome> hold = hold();
    if (hold.isPresent()) return hold.get();
    way = choose();
    Asked last = asked;
    if (last == null || !(way instanceof FetchPlan.Await)) return new Going(Duration.ZERO);
    return new Held(
        "waits: a patch for " + entry.path() + " is being made", left(errand.nanos(), last.again));
  }

  private static Duration left(long now, long until) {
    return Duration.ofNanos(Math.max(0, until - now));
  }

  private Optional<Outcome> hold() throws InterruptedException {
    Optional<Hold> hold = errand.hold();
    if (hold.isEmpty()) return Optional.empty();
    pause();
    Duration left =
        hold.get()
            .until()
            .map(at -> Duration.between(errand.supplies().trust().now(), at))
            .orElse(Duration.ofMinutes(1));
    return Optional.of(new Held(hold.get().why(), left));
  }

  // The connection and the lease go; what came stays.
  private void pause() throws InterruptedException {
    if (download != null) download.disconnect();
    errand.uplink().end();
  }

  // ---- neighbours

  private Outcome fromPeer() throws InterruptedException {
    Optional<Outcome> hold = hold();
    if (hold.isPresent()) return hold.get();
    Download going = download(entry.sha256(), entry.size());
    try {
      if (!pump(going, this::neighbour, Traffic.Source.PEER, Valve.OPEN)) {
        return new Going(Duration.ZERO);
      }
    } catch (Refusal refusal) {
      if (NOT_THEIR_FAULT.contains(refusal.code())) throw refusal;
      peersFrom = errand.nanos() + PEERS_LATER.toNanos();
      return anew();
    }
    return adopted(going);
  }

  private BlobSource.Stream neighbour(Name repository, Digest blob, long from)
      throws InterruptedException {
    BlobSource.Stream found =
        errand
            .supplies()
            .sources()
            .peers()
            .open(blob, entry.size(), from)
            .orElseThrow(() -> Refusal.of(Code.PEER, "no neighbour has it").at(blob.toString()));
    if (download != null) download.mix();
    return found;
  }

  // ---- patches

  private Outcome byPatch(DeltaOffer offer) throws InterruptedException {
    try {
      return errand.blobs().has(offer.patch()) ? apply(offer) : fetchPatch(offer);
    } catch (Refusal refusal) {
      boolean useless = NO_PATCH.contains(refusal.code()) || refusal.code() == Code.NO_SPACE;
      if (!useless) throw refusal;
      drop(offer, refusal);
      if (refusal.code() == Code.NO_SPACE && required()) throw refusal;
      return anew();
    }
  }

  private boolean required() {
    return errand.order().delivery().deltas() == DeltaUse.REQUIRE;
  }

  private void drop(DeltaOffer offer, Refusal why) throws InterruptedException {
    pause();
    if (download != null) download.discard();
    if (applying != null) applying.discard();
    download = null;
    applying = null;
    String told = "the patch for " + entry.path() + " was of no use: " + why.problem().line();
    errand.patches().failed(entry.sha256(), told);
    errand.store().letGo(errand.slot().name(), offer.patch());
  }

  private Outcome fetchPatch(DeltaOffer offer) throws InterruptedException {
    Optional<Outcome> hold = hold();
    if (hold.isPresent()) return hold.get();
    if (download == null || !download.digest().equals(offer.patch())) begin(offer);
    Download going = download(offer.patch(), offer.size());
    Optional<Outcome> wait = leave(going, true);
    if (wait.isPresent()) return wait.get();
    if (!pump(going, errand.supplies().sources().blobs(), Traffic.Source.DELTA, errand.uplink())) {
      return new Going(Duration.ZERO);
    }
    adopt(going);
    errand.uplink().end();
    return new Going(Duration.ZERO);
  }

  // In this order: known and pinned before there is anything to be thrown away.
  private void begin(DeltaOffer offer) {
    errand.patches().choose(entry.sha256(), offer);
    errand.store().pin(errand.slot().name(), List.of(offer.patch()));
    offer.base().ifPresent(b -> errand.store().pin(errand.slot().name(), List.of(b)));
    long begun = errand.store().downloaded(errand.slot(), offer.patch());
    errand
        .store()
        .admit(errand.slot(), errand.missing().getAsLong() + Math.max(0, offer.size() - begun));
  }

  private Outcome apply(DeltaOffer offer) throws InterruptedException {
    Applying going = applying;
    if (going == null) {
      going = errand.store().applying(errand.slot(), entry, offer, errand.supplies().nanos());
      applying = going;
    }
    if (!going.step(BUDGET)) return new Going(Duration.ZERO);
    going.adopt(errand.blobs());
    applying = null;
    errand.patches().done();
    errand.store().letGo(errand.slot().name(), offer.patch());
    return new Here();
  }

  // ---- the whole file

  private Outcome whole() throws InterruptedException {
    Optional<Outcome> hold = hold();
    if (hold.isPresent()) return hold.get();
    Download going = download(entry.sha256(), entry.size());
    Optional<Outcome> wait = leave(going, false);
    if (wait.isPresent()) return wait.get();
    if (!pump(going, errand.supplies().sources().blobs(), Traffic.Source.FULL, errand.uplink())) {
      return new Going(Duration.ZERO);
    }
    return adopted(going);
  }

  private Outcome adopted(Download going) throws InterruptedException {
    adopt(going);
    errand.uplink().end();
    return new Here();
  }

  // ---- all ways

  // What must be before the uplink may be used.
  private Optional<Outcome> leave(Download going, boolean patch) throws InterruptedException {
    return switch (errand.uplink().leave(errand.lease(entry.sha256(), going.missing(), patch))) {
      case Uplink.Go _ -> Optional.empty();
      case Uplink.Pause pause -> Optional.of(new Going(pause.time()));
      case Uplink.Wait wait -> {
        going.disconnect();
        yield Optional.of(waits(wait));
      }
    };
  }

  private Outcome waits(Uplink.Wait wait) {
    boolean neighbours = wait.siteIsFetching() && errand.peers();
    if (!neighbours) return new Held(wait.why(), wait.time());
    // One of them will have it soon; then the lease is no longer needed.
    if (errand.nanos() - peersFrom >= 0) {
      way = null;
      return new Held(wait.why(), Duration.ZERO);
    }
    peersFrom = Math.min(peersFrom, errand.nanos() + SITE_LATER.toNanos());
    Duration soon = left(errand.nanos(), peersFrom);
    return new Held(wait.why(), soon.compareTo(wait.time()) < 0 ? soon : wait.time());
  }

  private Download download(Digest blob, long size) {
    Download going = download;
    if (going != null && going.digest().equals(blob)) return going;
    if (going != null) going.leave();
    Download begun = errand.store().download(errand.slot(), blob, size, errand.supplies().speed());
    download = begun;
    return begun;
  }

  private boolean pump(Download going, BlobSource source, Traffic.Source counts, Valve valve)
      throws InterruptedException {
    long received = going.received();
    long resumed = going.resumed();
    long missing = going.missing();
    try {
      return going.pump(source, errand.order().release().name(), BUDGET, valve);
    } catch (Refusal refusal) {
      going.disconnect();
      if (refusal.code() == Code.HASH) {
        source.wrong(going.digest());
        if (going.missing() == 0) download = null;
      }
      throw refusal;
    } finally {
      long step = Download.step(entry.size());
      errand.spent().add(counts, going.received() - received, step);
      errand.spent().add(Traffic.Source.RESUMED, going.resumed() - resumed, step);
      gained += Math.max(0, missing - going.missing());
    }
  }

  // What is here for good has been paid for for good.
  private void adopt(Download going) {
    errand.spent().save();
    going.adopt(errand.blobs());
    download = null;
  }

  @Override
  public void close() {
    if (download != null) download.close();
    if (applying != null) applying.close();
    try {
      errand.uplink().end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

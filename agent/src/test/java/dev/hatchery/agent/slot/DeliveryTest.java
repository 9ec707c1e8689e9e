package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.agent.store.PeerSource;
import dev.hatchery.agent.uplink.Place;
import dev.hatchery.core.Code;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Delivery.DeltaUse;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseUse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When bytes come, when they are put to use, and what they may cost. */
final class DeliveryTest {
  private static final Keys KEYS = new Keys();
  private static final int SIZE = 700_000;
  private static final TestBundle V1 = TestBundle.of("1.0.0", 20_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", SIZE, KEYS.release);

  @TempDir Path folder;
  private Bench bench;

  // It is noon in UTC on 31 January 2026.
  @BeforeEach
  void installTheFirst() throws Exception {
    bench = new Bench(folder.resolve("state"), new RealDisk(), KEYS);
    bench.install(V1, "c1");
    bench.source.offer(V2);
  }

  private static Delivery delivery(
      boolean unmetered,
      Optional<DataSize> rate,
      Optional<Instant> stageFrom,
      Optional<Instant> activateFrom,
      Optional<DailyWindow> stageWindow) {
    return new Delivery(
        DeltaUse.PREFER,
        true,
        unmetered,
        rate,
        stageFrom,
        activateFrom,
        stageWindow,
        Optional.empty());
  }

  private static Delivery activated(Instant from) {
    return delivery(false, Optional.empty(), Optional.empty(), Optional.of(from), Optional.empty());
  }

  private static Delivery within(String window) {
    return delivery(
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(DailyWindow.parse(window)));
  }

  private void order(Delivery delivery) throws Exception {
    bench.order(V2.order("c2", Bench.TRIAL, delivery));
  }

  private SlotStatus status() {
    return bench.worker.status();
  }

  private void restart() {
    bench.journal.close();
    bench.worker.close();
    bench.boot(new RealDisk());
  }

  private void live(Place place) {
    bench.place = place;
    restart();
  }

  @Test
  void nothingIsFetchedBeforeItsTime() throws Exception {
    Instant from = bench.time.now().plusSeconds(600);
    long sent = bench.source.sent;
    order(delivery(false, Optional.empty(), Optional.of(from), Optional.empty(), Optional.empty()));
    bench.forSeconds(590);
    assertThat(bench.source.sent).isEqualTo(sent);
    assertThat(status().state()).isEqualTo(State.FETCHING);
    assertThat(status().detail()).contains("waits").contains(from.toString());

    bench.until(() -> bench.settled("c2"));
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aBundleIsStagedNowAndActivatedLater() throws Exception {
    Instant from = bench.time.now().plus(Duration.ofHours(2));
    order(activated(from));
    bench.untilState(State.VERIFIED);
    bench.forSeconds(3600);

    assertThat(status().state()).isEqualTo(State.VERIFIED);
    assertThat(status().detail()).contains("staged").contains(from.toString());
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.slot.has(V2.digest())).isTrue();
    long sent = bench.source.sent;
    bench.source.away = true;
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.time.now()).isAfter(from);
    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.source.sent).as("the network was not needed").isEqualTo(sent);
  }

  @Test
  void aStagedBundleWaitsOnAfterARestart() throws Exception {
    order(activated(bench.time.now().plus(Duration.ofHours(2))));
    bench.untilState(State.VERIFIED);
    bench.forSeconds(10);
    restart();
    bench.forSeconds(60);

    assertThat(status().state()).isEqualTo(State.VERIFIED);
    assertThat(status().detail()).contains("staged");
    assertThat(bench.current()).contains(V1.digest());
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void theOperatorMayActivateEarlier() throws Exception {
    order(activated(bench.time.now().plus(Duration.ofHours(20))));
    bench.untilState(State.VERIFIED);
    bench.forSeconds(60);
    order(Delivery.DEFAULT);
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void anotherOrderTakesTheStagedOnesPlace() throws Exception {
    TestBundle v3 = TestBundle.of("1.2.0", 1000, KEYS.release);
    order(activated(bench.time.now().plus(Duration.ofHours(20))));
    bench.untilState(State.VERIFIED);
    bench.install(v3, "c3");

    assertThat(bench.current()).contains(v3.digest());
    assertThat(bench.events())
        .anyMatch(
            e -> e.commandId().equals("c2") && e.reason().equals(Optional.of(Code.SUPERSEDED)));
    assertThat(bench.slot.has(V2.digest())).as("and is thrown away").isFalse();
  }

  @Test
  void aWindowThatClosesPausesADownloadWhichLosesNothing() throws Exception {
    // A slow line: it takes longer than the window.
    Delivery slow =
        delivery(
            false,
            Optional.of(DataSize.kib(5)),
            Optional.empty(),
            Optional.empty(),
            Optional.of(DailyWindow.parse("11:50-12:01")));
    long before = bench.source.sent;
    order(slow);
    bench.until(() -> status().detail().contains("11:50-12:01"));
    long sent = bench.source.sent;
    assertThat(sent - before).isBetween(100_000L, 350_000L);
    assertThat(bench.time.now()).isBefore(Instant.parse("2026-01-31T12:02:00Z"));
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.time.now()).isAfter(Instant.parse("2026-02-01T11:50:00Z"));
    assertThat(bench.current()).contains(V2.digest());
    assertThat(status().traffic().resumed()).isBetween(100_000L, 350_000L);
    assertThat(bench.source.sent - before).isEqualTo(V2.totalBytes() - shared());
  }

  // Both bundles have these.
  private static long shared() {
    return V2.blobs.entrySet().stream()
        .filter(e -> V1.blobs.containsKey(e.getKey()))
        .mapToLong(e -> e.getValue().length)
        .sum();
  }

  @Test
  void theWindowIsThatOfTheDevicesZone() throws Exception {
    live(new Place(new Labels(Map.of("zone", "Asia/Tokyo")), Optional.empty()));
    order(within("21:00-22:00"));
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.time.now()).isBefore(Instant.parse("2026-01-31T13:00:00Z"));
  }

  @Test
  void aMeteredLinkWaitsUntilItIsNotOrTheOrderChanges() throws Exception {
    live(new Place(new Labels(Map.of("metered", "true")), Optional.empty()));
    order(delivery(true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
    bench.forSeconds(7200);
    assertThat(status().detail()).contains("metered");
    assertThat(status().traffic().total()).isZero();

    order(Delivery.DEFAULT);
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aRateIsHeld() throws Exception {
    Instant began = bench.time.now();
    order(
        delivery(
            false,
            Optional.of(DataSize.kib(20)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    bench.untilState(State.VERIFIED);

    assertThat(Duration.between(began, bench.time.now()).toSeconds()).isBetween(30L, 40L);
  }

  @Test
  void aLeaseIsAskedForOnceForALargeFileAndGivenBack() throws Exception {
    bench.source.leases.add(
        new LeaseAnswer.Granted(
            "l1", Duration.ofMinutes(1), Optional.empty(), OptionalLong.empty()));
    order(Delivery.DEFAULT);
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.source.leasesAsked)
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.blob()).isEqualTo(V2.model());
              assertThat(r.bytes()).isEqualTo(SIZE);
              assertThat(r.commandId()).isEqualTo("c2");
              assertThat(r.patch()).isFalse();
            });
    assertThat(bench.source.leasesUsed).containsExactly(new LeaseUse(SIZE, true));
  }

  @Test
  void whoMustWaitSaysWhy() throws Exception {
    bench.source.leases.add(
        new LeaseAnswer.Wait(Duration.ofMinutes(3), "site oslo: 1 of 1 downloads", false));
    Instant began = bench.time.now();
    order(Delivery.DEFAULT);
    bench.until(() -> status().detail().equals("waits: site oslo: 1 of 1 downloads"));
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.source.leasesAsked).hasSize(2);
    assertThat(Duration.between(began, bench.time.now())).isGreaterThan(Duration.ofMinutes(3));
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aBudgetThatRunsOutPausesTheDownloadWhichGoesOnLater() throws Exception {
    bench.source.leases.add(
        new LeaseAnswer.Granted(
            "l1", Duration.ofMinutes(1), Optional.empty(), OptionalLong.of(300_000)));
    bench.source.leases.add(new LeaseAnswer.Wait(Duration.ofHours(1), "budget of oslo", false));
    long before = bench.source.sent;
    order(Delivery.DEFAULT);
    bench.until(() -> status().detail().contains("budget of oslo"));
    assertThat(bench.source.leasesUsed).containsExactly(new LeaseUse(300_000, true));
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.source.sent - before).isEqualTo(V2.totalBytes() - shared());
    assertThat(status().traffic().resumed()).isEqualTo(300_000);
  }

  /** Neighbours with a few blobs. */
  private static final class Neighbours implements PeerSource {
    final Map<Digest, byte[]> blobs = new HashMap<>();
    int cutAfter = Integer.MAX_VALUE;
    int asked;

    @Override
    public Optional<BlobSource.Stream> open(Digest blob, long size, long from) {
      asked++;
      byte[] content = blobs.get(blob);
      if (content == null) return Optional.empty();
      return Optional.of(
          new BlobSource.Stream() {
            int at = (int) from;

            @Override
            public long start() {
              return from;
            }

            @Override
            public int read(byte[] into, Duration patience) {
              if (at - from >= cutAfter) throw Refusal.of(Code.PEER, "it went away");
              int n = Math.min(into.length, content.length - at);
              System.arraycopy(content, at, into, 0, n);
              at += n;
              return n == 0 ? -1 : n;
            }

            @Override
            public void close() {}
          });
    }

    @Override
    public Set<Digest> held(Collection<Digest> wanted) {
      return Set.of();
    }
  }

  private Neighbours neighbours() {
    var neighbours = new Neighbours();
    neighbours.blobs.put(V2.model(), V2.modelBytes());
    bench.neighbours = neighbours;
    restart();
    return neighbours;
  }

  @Test
  void neighboursGiveWhatTheyHaveAndTheUplinkTheRest() throws Exception {
    neighbours();
    order(Delivery.DEFAULT);
    bench.until(() -> bench.settled("c2"));

    assertThat(status().traffic().peer()).isEqualTo(SIZE);
    assertThat(status().traffic().full()).isLessThan(10_000);
    assertThat(bench.source.leasesAsked).as("the uplink was not used").isEmpty();
  }

  @Test
  void whatANeighbourBroughtBeforeItWentAwayIsKept() throws Exception {
    neighbours().cutAfter = 262_144;
    order(Delivery.DEFAULT);
    bench.until(() -> bench.settled("c2"));

    assertThat(status().traffic().peer()).isEqualTo(262_144);
    assertThat(status().traffic().uplink()).isBetween(SIZE - 262_144L, SIZE - 262_144L + 10_000);
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aNeighbourThatLiesCostsTheUplinkNothing() throws Exception {
    Neighbours neighbours = neighbours();
    byte[] wrong = V2.modelBytes().clone();
    wrong[SIZE - 1] ^= 1;
    neighbours.blobs.put(V2.model(), wrong);
    order(
        delivery(
            false,
            Optional.of(DataSize.kib(200)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    long before = bench.source.sent;
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
    assertThat(status().traffic().peer()).isEqualTo(SIZE);
    assertThat(bench.source.sent - before).isLessThanOrEqualTo(V2.totalBytes() - shared());
  }

  @Test
  void whatCameOverTheUplinkIsKeptWhenANeighbourLiesAboutTheRest() throws Exception {
    bench.source.cutAfter = 400_000;
    order(Delivery.DEFAULT);
    bench.until(() -> status().detail().contains("TRUNCATED"));
    byte[] wrong = V2.modelBytes().clone();
    wrong[SIZE - 1] ^= 1;
    neighbours().blobs.put(V2.model(), wrong);
    bench.source.cutAfter = Integer.MAX_VALUE;
    long before = bench.source.sent;
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
    assertThat(status().traffic().peer()).isGreaterThan(300_000L);
    assertThat(bench.source.sent - before).as("the rest only").isLessThan(SIZE - 325_000L);
  }

  @Test
  void anOrderWithoutNeighboursAsksNone() throws Exception {
    Neighbours neighbours = neighbours();
    Delivery usual = Delivery.DEFAULT;
    order(
        new Delivery(
            usual.deltas(),
            false,
            false,
            usual.rate(),
            usual.stageFrom(),
            usual.activateFrom(),
            usual.stageWindow(),
            usual.activateWindow()));
    bench.until(() -> bench.settled("c2"));

    assertThat(neighbours.asked).isZero();
    assertThat(status().traffic().peer()).isZero();
  }

  @Test
  void whileTheSitesUplinkIsAnothersTheNeighboursAreAskedAgain() throws Exception {
    Neighbours neighbours = neighbours();
    byte[] model = neighbours.blobs.remove(V2.model());
    for (int i = 0; i < 10; i++) {
      bench.source.leases.add(
          new LeaseAnswer.Wait(Duration.ofMinutes(10), "a neighbour is fetching it", true));
    }
    order(Delivery.DEFAULT);
    bench.until(() -> status().detail().contains("a neighbour is fetching it"));
    bench.forSeconds(20);
    neighbours.blobs.put(V2.model(), Arrays.copyOf(model, SIZE));
    Instant had = bench.time.now();
    bench.untilState(State.VERIFIED);

    assertThat(Duration.between(had, bench.time.now())).isLessThan(Duration.ofSeconds(15));
    assertThat(status().traffic().peer()).isEqualTo(SIZE);
    assertThat(bench.source.leasesAsked).as("the wait was kept to").hasSize(1);
  }
}

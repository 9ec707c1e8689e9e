package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.delta.PatchFile;
import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.server.deltas.Maker;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.DeltaOffers;
import dev.hatchery.wire.DeltaQuery;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.ExpectedBytes;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.api.VerdictView;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From what devices report to the patch that they fetch. */
final class DeltaTest {
  private static final Name REPO = new Name("inspection");
  private static final byte[] OLD = noise(1, 64 * 1024);
  private static final byte[] NEW = changed(OLD);

  @TempDir private Path folder;
  private volatile Maker maker = Fleet.REAL; // called from the server's thread
  private Fleet fleet;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder, (base, target, patch) -> maker.make(base, target, patch));
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void aRolloutMakesThePatchThatItsDevicesNeed() throws Exception {
    Device device = fleet.device("edge-1", Map.of());
    Device stranger = fleet.device("edge-2", Map.of(), Map.of(Fleet.SLOT, new Name("beta")));
    onOld(device);
    fleet.release("inspection@1.1.0", NEW);
    RolloutView rollout = begin("two", "inspection@1.1.0");
    Order order = Device.order(device.poll(20).orElseThrow());
    assertThat(order.release().toString()).isEqualTo("inspection@1.1.0");
    DeltaOffers offers = offers(device, NEW, OLD);
    assertThat(offers.size()).isEqualTo(NEW.length);
    assertThat(offers.pending()).isFalse();
    DeltaOffer offer = offers.offers().getFirst();
    assertThat(offer.base()).contains(Digest.of(OLD));
    assertThat(offer.size()).isLessThan(2048);
    HttpResponse<byte[]> patch = device.blob(REPO, offer.patch());
    assertThat(patch.statusCode()).isEqualTo(200);
    assertThat(patch.body()).hasSize((int) offer.size());
    assertThat(applied(patch.body())).isEqualTo(NEW);
    // Nobody else is told of it, or may have it.
    assertThat(stranger.blob(REPO, offer.patch()).statusCode()).isEqualTo(404);
    assertThat(ask(stranger, Digest.of(NEW), List.of()).statusCode()).isEqualTo(404);
    assertThat(fleet.operator().rollout(rollout.id()).phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void expectedBytesAreKnownBeforeTheFirstDeviceIsTouched() {
    var gate = new CountDownLatch(1);
    maker = after(gate, NEW);
    Device device = fleet.device("edge-1", Map.of());
    onOld(device);
    fleet.release("inspection@1.1.0", NEW);
    RolloutSpec spec = Fleet.spec("two", "inspection@1.1.0", Fleet.ALL);
    ExpectedBytes guess = fleet.operator().tryRollout(spec).expectedBytes();
    assertThat(guess.planned()).isEqualTo(guess.full()).isGreaterThan(NEW.length);
    assertThat(fleet.operator().rollouts()).hasSize(1);
    RolloutView held = await(begin("two", "inspection@1.1.0").id(), r -> !r.verdicts().isEmpty());
    VerdictView hold = verdict(held);
    assertThat(hold.kind()).isEqualTo(VerdictView.Kind.HOLD);
    assertThat(hold.reason()).contains("deltas are being made: 0 of 1");
    assertThat(held.devicesTouched()).isZero();
    assertThat(held.expectedBytes().ready()).isFalse();
    assertThat(held.expectedBytes().detail()).isEqualTo("deltas are being made: 0 of 1");
    assertThat(held.expectedBytes().planned()).isEqualTo(guess.full());
    assertThat(device.poll(0)).isEmpty();
    gate.countDown();
    RolloutView begun = await(held.id(), r -> r.devicesTouched() == 1);
    ExpectedBytes expected = begun.expectedBytes();
    assertThat(expected.ready()).isTrue();
    assertThat(expected.devices()).isEqualTo(1);
    assertThat(expected.withDelta()).isEqualTo(1);
    assertThat(expected.full()).isEqualTo(guess.full());
    assertThat(expected.full() - expected.planned()).isGreaterThan(NEW.length - 2048L);
    assertThat(expected.detail()).isEqualTo("all deltas are made");
    device.obey(device.poll(20).orElseThrow());
    RolloutView over = await(held.id(), r -> r.phase() == Phase.COMPLETED);
    assertThat(over.fullCost()).isGreaterThanOrEqualTo(guess.full());
    assertThat(over.traffic().full()).isEqualTo(1000);
  }

  @Test
  void aForecastIsNotFinalWhileTheWorkshopHasNotLooked() {
    var gate = new CountDownLatch(1);
    maker = after(gate, NEW);
    Device device = fleet.device("edge-1", Map.of());
    onOld(device);
    fleet.release("inspection@1.1.0", NEW);
    RolloutView before = begin("two", "inspection@1.1.0");
    // It is at the patch of 1.1.0, and looks up only after it.
    byte[] third = NEW.clone();
    third[1]++;
    fleet.release("inspection@1.2.0", third);
    RolloutSpec next = Fleet.spec("three", "inspection@1.2.0", Fleet.ALL);
    fleet.operator().abort(before.id(), "another one");
    await(before.id(), r -> r.phase() == Phase.ROLLED_BACK);
    ExpectedBytes guess = fleet.operator().tryRollout(next).expectedBytes();
    assertThat(guess.detail()).isEqualTo("no delta is made yet");
    assertThat(guess.ready()).isFalse();
    gate.countDown();
    ExpectedBytes made = guess;
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!made.ready() && System.nanoTime() < deadline) {
      made = fleet.operator().tryRollout(next).expectedBytes();
    }
    assertThat(made.ready()).isTrue();
    assertThat(made.withDelta()).isEqualTo(1);
    assertThat(made.planned()).isLessThan(guess.planned());
  }

  @Test
  void whatTakesTooLongIsNotWaitedForAndARollbackWaitsForNothing() {
    var gate = new CountDownLatch(1);
    maker = after(gate, NEW);
    Device device = fleet.device("edge-1", Map.of());
    onOld(device);
    fleet.release("inspection@1.1.0", NEW);
    String id = begin("two", "inspection@1.1.0").id();
    await(id, r -> r.heldSince().isPresent());
    fleet.clock.advance(Duration.ofMinutes(5)); // half of the stage's ten
    assertThat(await(id, r -> r.devicesTouched() == 1).expectedBytes().ready()).isFalse();
    Order order = Device.order(device.poll(20).orElseThrow());
    assertThat(offers(device, NEW, OLD).pending()).isTrue();
    fleet.operator().abort(id, "test");
    Order back = Device.order(device.poll(20).orElseThrow());
    assertThat(back.reason()).isEqualTo(Order.Reason.ROLLBACK);
    assertThat(back.manifest()).isNotEqualTo(order.manifest());
    gate.countDown();
  }

  @Test
  void aServerThatDiesGoesOnMakingWhatItWasAt() {
    var gate = new CountDownLatch(1);
    maker = after(gate, NEW);
    Device device = fleet.device("edge-1", Map.of());
    onOld(device);
    fleet.release("inspection@1.1.0", NEW);
    String id = begin("two", "inspection@1.1.0").id();
    await(id, r -> r.heldSince().isPresent());
    fleet.restart();
    device.server = fleet.address();
    RolloutView still = await(id, r -> !r.verdicts().isEmpty());
    assertThat(still.devicesTouched()).isZero();
    gate.countDown();
    await(id, r -> r.devicesTouched() == 1);
    device.renewedToken().poll(20);
    assertThat(offers(device, NEW, OLD).offers()).hasSize(1);
    fleet.restart();
    device.server = fleet.address();
    DeltaOffers again = offers(device.renewedToken(), NEW, OLD);
    assertThat(again.offers()).hasSize(1);
    assertThat(again.pending()).isFalse();
  }

  @Test
  void aPatchThatSomebodyRemovedIsMadeAgain() throws Exception {
    Device device = fleet.device("edge-1", Map.of());
    onOld(device);
    fleet.release("inspection@1.1.0", NEW);
    begin("two", "inspection@1.1.0");
    assertThat(device.poll(20)).isPresent();
    DeltaOffer offer = offers(device, NEW, OLD).offers().getFirst();
    Path blob = fleet.folder.resolve("data/registry/blobs/sha256").resolve(offer.patch().hex());
    Files.delete(blob);
    fleet.restart();
    device.server = fleet.address();
    device.renewedToken();
    awaitOffers(device, offers -> !offers.offers().isEmpty());
    assertThat(device.blob(REPO, offer.patch()).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aMakerAtFaultCostsItsPatchAndNothingElse(String why, Maker fault) {
    maker =
        (base, target, patch) -> {
          if (base.isEmpty()) throw new IOException("only deltas, please");
          fault.make(base, target, patch);
        };
    Device device = fleet.device("edge-1", Map.of());
    onOld(device);
    fleet.release("inspection@1.1.0", NEW);
    String id = begin("two", "inspection@1.1.0").id();
    ExpectedBytes expected = await(id, r -> r.devicesTouched() == 1).expectedBytes();
    assertThat(expected.planned()).isEqualTo(expected.full());
    assertThat(expected.detail()).startsWith("0 of 1 deltas are made");
    device.poll(20);
    assertThat(explained(device)).anyMatch(line -> line.contains(why));
    DeltaOffers offers = offers(device, NEW, OLD);
    assertThat(offers.offers()).isEmpty();
    // It may still come compressed; noise, alas, does not become smaller.
    assertThat(offers.pending()).isTrue();
    offers = awaitOffers(device, o -> !o.pending());
    assertThat(offers.offers()).isEmpty();
    assertThat(fleet.folder.resolve("data/scratch")).isEmptyDirectory();
    // A person who starts a rollout again is a reason to try again, unless it would be the same.
    maker = Fleet.REAL;
    fleet.operator().abort(id, "test");
    device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.ROLLED_BACK);
    await(begin("two", "inspection@1.1.0").id(), r -> r.devicesTouched() == 1);
    device.poll(20);
    assertThat(offers(device, NEW, OLD).offers()).hasSize(why.startsWith("no smaller") ? 0 : 1);
  }

  static Stream<Arguments> faults() {
    Maker broken =
        (base, target, patch) -> {
          throw new IOException("it broke");
        };
    Maker garbage = (base, target, patch) -> Files.write(patch, noise(9, 500));
    Maker large = (base, target, patch) -> Files.write(patch, noise(9, NEW.length));
    Maker wrong =
        (base, target, patch) -> {
          Path other = Files.write(patch.resolveSibling("other"), OLD);
          DeltaMaker.make(base.orElse(null), other, patch);
        };
    Maker deep =
        (base, target, patch) -> {
          throw new StackOverflowError();
        };
    return Stream.of(
        Arguments.of("it broke", broken),
        Arguments.of("NOT_A_PATCH", garbage),
        Arguments.of("no smaller than the file", large),
        Arguments.of("makes another file", wrong),
        Arguments.of("StackOverflowError", deep));
  }

  @Test
  void whoJoinsGetsTheHeadCompressed() {
    Device first = fleet.device("edge-1", Map.of());
    byte[] text = "weights and measures, ".repeat(4000).getBytes(StandardCharsets.UTF_8);
    fleet.release("inspection@1.0.0", text);
    complete("one", "inspection@1.0.0", first);
    Device second = fleet.device("edge-2", Map.of());
    second.poll(20);
    DeltaOffer offer = offers(second, text).offers().getFirst();
    assertThat(offer.base()).isEmpty();
    assertThat(offer.size()).isLessThan(text.length / 10);
    assertThat(second.blob(REPO, offer.patch()).statusCode()).isEqualTo(200);
  }

  @Test
  void aBaseThatNoReportToldOfIsTakenUpWhenADeviceNamesIt() {
    fleet.release("inspection@1.0.0", OLD);
    fleet.release("inspection@1.1.0", NEW);
    Device device = fleet.device("edge-1", Map.of());
    begin("one", "inspection@1.1.0");
    device.poll(20);
    assertThat(offers(device, NEW).offers()).isEmpty();
    DeltaOffers made = awaitOffers(device, offers -> !offers.offers().isEmpty());
    assertThat(made.offers())
        .extracting(DeltaOffer::base)
        .containsExactly(Optional.of(Digest.of(OLD)));
    // What is no file of the repository is no base.
    DeltaOffers none = parsed(ask(device, Digest.of(NEW), List.of(Digest.of(noise(7, 9)))));
    assertThat(none.offers()).isEmpty();
    assertThat(none.pending()).isFalse();
  }

  @Test
  void questionsThatMakeNoSenseAreRefused() {
    Device device = fleet.device("edge-1", Map.of());
    assertThat(device.get("/device/v1/deltas").statusCode()).isEqualTo(400);
    assertThat(device.get("/device/v1/deltas?target=xyz").statusCode()).isEqualTo(400);
    String hex = Digest.of(OLD).hex();
    assertThat(device.get("/device/v1/deltas?target=" + hex).statusCode()).isEqualTo(404);
    assertThat(device.get("/device/v1/deltas?target=" + hex + "&have=,").statusCode())
        .isEqualTo(400);
    refused(
        Code.NOT_FOUND,
        () -> fleet.operator().explainDevice(new dev.hatchery.core.DeviceId("nobody")));
  }

  @Test
  void withDeltasOffNoneIsMadeAndNothingWaits() {
    maker =
        (base, target, patch) -> {
          throw new AssertionError("nothing was to be made");
        };
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0", OLD);
    String id = fleet.operator().startRollout(off(spec("one", "inspection@1.0.0"))).id();
    RolloutView begun = await(id, r -> r.devicesTouched() == 1);
    assertThat(begun.expectedBytes().detail()).isEqualTo("deltas are off");
    device.poll(20);
    assertThat(offers(device, OLD).pending()).isFalse();
    assertThat(explained(device)).contains("deltas are off: whole files only");
  }

  @Test
  void aDevicesPlanIsExplained() {
    Device device = fleet.device("edge-1", Map.of("site", "oslo"));
    assertThat(explained(device))
        .containsExactly(
            "it has not said what it holds",
            "nothing is ordered: its channel names no release yet");
    onOld(device);
    assertThat(explained(device))
        .contains("it holds inspection@1.0.0", "it has that already: nothing to fetch");
    fleet.release("inspection@1.1.0", NEW);
    begin("two", "inspection@1.1.0");
    device.poll(20);
    assertThat(explained(device))
        .contains(
            "it holds inspection@1.0.0",
            "ordered: inspection@1.1.0, under two-1/1",
            "first from devices of site oslo, where one has the file already",
            "a delta that is missing or fails is no matter: the whole file is fetched")
        .anyMatch(
            line ->
                line.matches(
                    "model.onnx: delta from model.onnx of inspection@1.0.0, .* B; else the whole"
                        + " file, 64.0 KiB"))
        .anyMatch(line -> line.startsWith("expected over the uplink: "))
        .anyMatch(line -> line.matches("last said at .*Z: confirmed; so far 1000 B whole, .*"));
  }

  @Test
  void patchesOfWhatNobodyNamesAreForgotten() {
    Device device = fleet.device("edge-1", Map.of());
    onOld(device);
    byte[] model = OLD;
    for (int minor = 1; minor <= 4; minor++) {
      model = changed(model);
      model[minor]++; // a change alone would undo the one before
      fleet.release("inspection@1." + minor + ".0", model);
      complete("to-" + minor, "inspection@1." + minor + ".0", device);
    }
    assertThat(ready()).isEqualTo(4);
    fleet.server().housekeep();
    assertThat(ready()).isEqualTo(4);
    fleet.clock.advance(Duration.ofHours(25));
    fleet.server().housekeep();
    // The head and what it goes back to.
    assertThat(ready()).isEqualTo(2);
    fleet.restart();
    assertThat(ready()).isEqualTo(2);
  }

  private long ready() {
    Device anyone = new Device("anyone", Map.of(), Map.of(), fleet.address(), fleet.clock);
    return anyone
        .getOpen("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("hatchery_deltas{state=\"ready\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf('}') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static Maker after(CountDownLatch gate, byte[] target) {
    return (base, now, patch) -> {
      try {
        if (Files.size(now) == target.length
            && Digest.of(Files.readAllBytes(now)).equals(Digest.of(target))) {
          gate.await();
        }
      } catch (InterruptedException e) {
        throw new IOException("stopped", e);
      }
      Fleet.REAL.make(base, now, patch);
    };
  }

  private byte[] applied(byte[] patch) throws Exception {
    Path base = Files.write(folder.resolve("old"), OLD);
    Path file = Files.write(folder.resolve("patch"), patch);
    PatchFile.apply(base, file, folder.resolve("out"));
    return Files.readAllBytes(folder.resolve("out"));
  }

  private List<String> explained(Device device) {
    return Optional.ofNullable(fleet.operator().explainDevice(device.id).slots().get(Fleet.SLOT))
        .orElseThrow();
  }

  private static VerdictView verdict(RolloutView rollout) {
    return rollout.verdicts().stream()
        .filter(v -> v.gate().equals("deltas"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such verdict in " + rollout));
  }

  private DeltaOffers offers(Device device, byte[] target, byte[]... have) {
    List<Digest> held = java.util.Arrays.stream(have).map(Digest::of).toList();
    return parsed(ask(device, Digest.of(target), held));
  }

  private DeltaOffers awaitOffers(Device device, Predicate<DeltaOffers> condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      DeltaOffers offers = offers(device, NEW, OLD);
      if (condition.test(offers)) return offers;
      assertThat(System.nanoTime()).as("still " + offers).isLessThan(deadline);
      fleet.clock.advance(Duration.ofMillis(500)); // so that the device is not throttled
      Thread.onSpinWait();
    }
  }

  private static HttpResponse<String> ask(Device device, Digest target, List<Digest> have) {
    return device.get("/device/v1/deltas?" + new DeltaQuery(target, have).query());
  }

  private static DeltaOffers parsed(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    byte[] json = answer.body().getBytes(StandardCharsets.UTF_8);
    return Wire.DELTA_OFFERS.parse(json, DataSize.kib(64), "answer");
  }

  private void onOld(Device device) {
    fleet.release("inspection@1.0.0", OLD);
    complete("one", "inspection@1.0.0", device);
  }

  private static RolloutSpec spec(String name, String release) {
    return Fleet.spec(name, release, Fleet.ALL);
  }

  private static RolloutSpec off(RolloutSpec spec) {
    Delivery d = Delivery.DEFAULT;
    var off =
        new Delivery(
            Delivery.DeltaUse.OFF,
            d.peers(),
            d.unmeteredOnly(),
            d.rate(),
            d.stageFrom(),
            d.activateFrom(),
            d.stageWindow(),
            d.activateWindow());
    return spec.with(s -> s.delivery(off));
  }

  private RolloutView begin(String name, String release) {
    return fleet.operator().startRollout(spec(name, release));
  }

  private void complete(String name, String release, Device device) {
    RolloutView view = begin(name, release);
    await(view.id(), r -> r.devicesTouched() == r.fleet());
    device.poll(20).ifPresent(device::obey);
    await(view.id(), r -> r.phase() == Phase.COMPLETED);
  }

  private RolloutView await(String id, Predicate<RolloutView> condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    RolloutView view = fleet.operator().rollout(id);
    while (!condition.test(view)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + view);
      fleet.clock.advance(Duration.ofMillis(20));
      Thread.onSpinWait();
      view = fleet.operator().rollout(id);
    }
    return view;
  }

  private static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] changed(byte[] old) {
    byte[] now = old.clone();
    for (int at = 1000; at < now.length; at += 20_000) now[at] ^= 0x55;
    return now;
  }
}

package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FakeService.Behaviour;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Event;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Window;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that runs beside the one that is served, on the device. */
final class ShadowTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle V1 = TestBundle.of("1.0.0", 300_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", 300_000, KEYS.release);

  @TempDir private Path root;
  private Bench bench;

  @BeforeEach
  void aDeviceServesTheFirstRelease() throws InterruptedException {
    bench = new Bench(root, new RealDisk(), KEYS);
    bench.facts = DeviceFacts.UNKNOWN.shadowing(Set.of(Bench.SLOT));
    bench.install(V1, "first");
    bench.source.offer(V2);
    bench.forSeconds(Rules.PROBATION.toSeconds());
  }

  private static Order shadow(TestBundle bundle, String command) {
    Order o = bundle.order(command, Bench.TRIAL);
    return new Order(
        o.commandId(),
        o.release(),
        o.manifest(),
        o.manifestSize(),
        o.signatures(),
        Order.Reason.SHADOW,
        o.trial(),
        o.window(),
        o.warmUp(),
        o.delivery(),
        o.unknownFacts());
  }

  // What the service said last may be a few seconds old.
  private void servesTheFirstAlone() throws InterruptedException {
    bench.until(() -> bench.service.shadow().isEmpty() && bench.worker.status().shadow().isEmpty());
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.lkg()).contains(V1.digest());
    assertThat(bench.service.loaded()).contains(V1.digest());
    assertThat(bench.service.shadow()).isEmpty();
    assertThat(bench.slot.pointer(Pointer.SHADOW)).isEmpty();
    assertThat(bench.worker.status().shadow()).isEmpty();
  }

  private void shadowed() throws InterruptedException {
    bench.order(shadow(V2, "beside"));
    bench.untilState(State.SHADOWED);
  }

  private Optional<Code> reason() {
    return bench.worker.status().reason();
  }

  @Test
  void aShadowRunsBesideWhatIsServedAndNeverInItsPlace() throws InterruptedException {
    bench.order(shadow(V2, "beside"));
    bench.until(
        () -> {
          assertThat(bench.current()).contains(V1.digest());
          assertThat(bench.service.loaded()).contains(V1.digest());
          return bench.worker.status().state() == State.SHADOWED;
        });
    assertThat(bench.lkg()).contains(V1.digest());
    assertThat(bench.prev()).isNotEqualTo(Optional.of(V2.digest()));
    assertThat(bench.service.shadow()).contains(V2.digest());
    assertThat(bench.worker.status().shadow()).contains(V2.digest());
    assertThat(bench.worker.status().running()).contains(V1.digest());
    assertThat(bench.eventKinds()).endsWith(Event.Kind.VERIFIED, Event.Kind.SHADOWED);
  }

  @Test
  void itsNumbersAreItsOwn() throws InterruptedException {
    shadowed();
    bench.windows.clear();
    bench.forSeconds(120);
    assertThat(bench.windows.stream().filter(Window::shadow).map(Window::bundle))
        .isNotEmpty()
        .containsOnly(V2.digest());
    assertThat(bench.windows.stream().filter(w -> !w.shadow()).map(Window::bundle))
        .isNotEmpty()
        .containsOnly(V1.digest());
    assertThat(bench.windows.stream().filter(Window::shadow).mapToLong(Window::errors).sum())
        .isPositive();
    assertThat(bench.windows.stream().filter(w -> !w.shadow()).mapToLong(Window::errors).sum())
        .isZero();
  }

  @Test
  void beingToldToRunWhatIsServedTakesItAway() throws InterruptedException {
    shadowed();
    bench.order(V1, "back");
    bench.until(() -> bench.settled("back") && bench.worker.status().shadow().isEmpty());
    servesTheFirstAlone();
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.eventKinds()).doesNotContain(Event.Kind.ROLLED_BACK);
  }

  @Test
  void theRealOrderSwitchesWithATrialOfItsOwn() throws InterruptedException {
    shadowed();
    long fetched = bench.source.sent;
    bench.order(V2, "real");
    bench.untilState(State.TRIAL);
    assertThat(bench.worker.status().shadow()).isEmpty();
    bench.untilState(State.CONFIRMED);
    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.service.loaded()).contains(V2.digest());
    assertThat(bench.service.shadow()).isEmpty();
    assertThat(bench.source.sent).isEqualTo(fetched);
  }

  @Test
  void aServiceThatCannotShadowRefuses() throws InterruptedException {
    bench.facts = DeviceFacts.UNKNOWN;
    bench.order(shadow(V2, "beside"));
    bench.untilState(State.FAILED);
    assertThat(reason()).contains(Code.INCOMPATIBLE);
    assertThat(bench.worker.status().detail()).contains("cannot shadow");
    servesTheFirstAlone();
  }

  @Test
  void whatIsServedAlreadyIsNoShadow() throws InterruptedException {
    bench.order(shadow(V1, "beside"));
    bench.untilState(State.FAILED);
    assertThat(bench.worker.status().detail()).contains("serves it already");
    servesTheFirstAlone();
  }

  @Test
  void aShadowThatDoesNotLoadIsTakenAway() throws InterruptedException {
    bench.service.behaviours.put(V2.digest(), Behaviour.KEEPS_THE_OLD);
    bench.order(shadow(V2, "beside"));
    bench.untilState(State.FAILED);
    assertThat(reason()).contains(Code.LOADER);
    servesTheFirstAlone();
  }

  @Test
  void aCrashLoopWithAShadowTakesTheShadowAndNotTheServedBundle() throws InterruptedException {
    shadowed();
    for (int i = 0; i < Rules.RESTARTS; i++) {
      assertThat(bench.worker.status().state()).isEqualTo(State.SHADOWED);
      bench.service.restart();
      bench.forSeconds(10);
    }
    assertThat(reason()).contains(Code.CRASH_LOOP);
    servesTheFirstAlone();
    bench.forSeconds(60);
    assertThat(bench.eventKinds()).doesNotContain(Event.Kind.ROLLED_BACK);
  }

  @Test
  void aShadowThatTakesTheServiceDownOnItsTrialIsTakenAway() throws InterruptedException {
    bench.service.behaviours.put(V2.digest(), Behaviour.TAKES_IT_DOWN);
    bench.order(shadow(V2, "beside"));
    bench.untilState(State.FAILED);
    assertThat(reason()).contains(Code.CRASH_LOOP);
    servesTheFirstAlone();
  }

  @Test
  void aServiceThatIsGoneForLongLosesItsShadow() throws InterruptedException {
    shadowed();
    bench.service.up = false;
    bench.untilState(State.FAILED);
    assertThat(reason()).contains(Code.NOT_READY);
    bench.service.up = true;
    servesTheFirstAlone();
  }

  @Test
  void aShadowIsNotBegunWhileWhatIsServedMayStillGoBack() throws InterruptedException {
    bench.install(V2, "second");
    bench.order(shadow(V1, "beside"));
    bench.forSeconds(Rules.PROBATION.toSeconds() - 60);
    assertThat(bench.worker.status().commandId()).contains("second");
    bench.untilState(State.SHADOWED);
  }

  @Test
  void anAgentThatBeginsAnewKeepsAProvedShadowAndDropsAnother() throws InterruptedException {
    shadowed();
    bench.boot(bench.disk);
    bench.forSeconds(60);
    assertThat(bench.worker.status().state()).isEqualTo(State.SHADOWED);
    assertThat(bench.service.shadow()).contains(V2.digest());

    bench.order(shadow(V2, "again"));
    bench.untilState(State.SHADOWING);
    bench.boot(bench.disk);
    bench.until(() -> bench.service.shadow().isEmpty());
    bench.until(() -> bench.worker.status().shadow().isEmpty());
    Ledger ledger = bench.journal.ledger(Bench.SLOT);
    assertThat(ledger.state()).isEqualTo(State.FAILED);
    assertThat(ledger.reason()).contains(Code.REPAIRED);
    servesTheFirstAlone();
  }

  @Test
  void aMachineThatWentDownWithAShadowComesUpWithoutIt() throws InterruptedException {
    shadowed();
    bench.machineBoot = "boot-2";
    bench.boot(bench.disk);
    assertThat(bench.slot.pointer(Pointer.SHADOW)).isEmpty();
    assertThat(bench.journal.ledger(Bench.SLOT).detail()).contains("the machine went down");
    bench.until(() -> bench.service.shadow().isEmpty());
    assertThat(bench.current()).contains(V1.digest());
  }

  @Test
  void anOrderToSwitchThatBecomesAShadowDoesNotSwitch() throws InterruptedException {
    bench.order(V2, "real");
    bench.untilState(State.FETCHING);
    bench.order(shadow(V2, "beside"));
    bench.untilState(State.SHADOWED);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.eventKinds().stream().filter(Event.Kind.TRIAL::equals).count()).isEqualTo(1);
  }

  @Test
  void aTrialThatBecomesAShadowGoesBackFirst() throws InterruptedException {
    bench.order(V2, "real");
    bench.untilState(State.TRIAL);
    bench.order(shadow(V2, "beside"));
    bench.untilState(State.SHADOWED);
    assertThat(bench.current()).contains(V1.digest());
  }

  @Test
  void whatTheDesiredStateNoLongerNamesGoes() throws InterruptedException {
    shadowed();
    bench.give(Map.of());
    bench.untilState(State.FAILED);
    assertThat(reason()).contains(Code.SUPERSEDED);
    servesTheFirstAlone();
  }

  @Test
  void spaceIsNotTakenFromAShadow() throws InterruptedException {
    shadowed();
    bench.store.collect(bench.slot, Set.of());
    assertThat(bench.slot.has(V2.digest())).isTrue();
  }
}

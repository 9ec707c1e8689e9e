package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person at the device keeps a slot on what it has. */
final class LocalPinTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle V1 = TestBundle.of("1.0.0", 20_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", 20_000, KEYS.release);

  @TempDir Path folder;
  private Bench bench;
  private LocalPin pin;

  @BeforeEach
  void installTheFirst() throws Exception {
    bench = new Bench(folder.resolve("state"), new RealDisk(), KEYS);
    bench.install(V1, "c1");
    bench.source.offer(V2);
    pin = new LocalPin(new RealDisk(), bench.layout.state(), Bench.SLOT);
  }

  @Test
  void aPinnedSlotBeginsNothingAndSaysSoUntilItIsLetGo() throws Exception {
    pin.set("audit");
    bench.order(V2, "c2");
    bench.forSeconds(60);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.worker.status())
        .returns(Optional.of("audit"), SlotStatus::pinned)
        .returns(State.CONFIRMED, SlotStatus::state)
        .returns(Optional.of("c1"), SlotStatus::commandId);
    pin.remove();
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.worker.status().pinned()).isEmpty();
  }

  @Test
  void oneThatIsPinnedWhileItFetchesDoesNotSwitch() throws Exception {
    bench.order(V2, "c2");
    bench.untilState(State.FETCHING);
    pin.set("audit");
    bench.forSeconds(60);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.worker.status().detail()).isEqualTo("pinned at the device: audit");
    bench.boot(new RealDisk());
    bench.forSeconds(60);
    assertThat(bench.current()).as("after a restart").contains(V1.digest());
    pin.remove();
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aPinKeepsNoDeviceFromGoingBack() throws Exception {
    bench.install(V2, "c2");
    pin.set("audit");
    bench.order(rollback(V1, "back"));
    bench.until(() -> bench.settled("back"));
    assertThat(bench.current()).contains(V1.digest());
  }

  @Test
  void itSaysWhatItHadBeforeAndWhatItWasToldToGoBackFor() throws Exception {
    assertThat(bench.worker.status().previous()).as("there is only one").isEmpty();
    bench.install(V2, "c2");
    assertThat(bench.worker.status())
        .returns(Optional.of(V2.digest()), SlotStatus::lkg)
        .returns(Optional.of(V1.digest()), SlotStatus::previous)
        .returns("", SlotStatus::detail);
    bench.order(rollback(V1, "back"));
    bench.until(() -> bench.settled("back"));
    assertThat(bench.worker.status())
        .returns(Optional.of(V1.digest()), SlotStatus::lkg)
        .returns(Optional.of(V2.digest()), SlotStatus::previous)
        .returns("the lens is dirty", SlotStatus::detail);
  }

  @Test
  void anOrderForWhatItRunsIsAgreedTo() throws Exception {
    pin.set("audit");
    bench.order(V1, "c2");
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
  }

  @Test
  void aPinThatCannotBeReadHolds() throws Exception {
    Files.writeString(bench.layout.state().resolve("pin-vision.json"), "{");
    bench.order(V2, "c2");
    bench.forSeconds(60);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.worker.status().pinned())
        .hasValueSatisfying(why -> assertThat(why).startsWith("its file is broken"));
  }

  @Test
  void aPinNeedsAReasonThatIsShort() {
    assertThatThrownBy(() -> pin.set(" ")).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> pin.set("x".repeat(LocalPin.MAX_REASON + 1)))
        .isInstanceOf(Refusal.class);
    pin.set("x".repeat(LocalPin.MAX_REASON));
    pin.set("again");
    assertThat(pin.reason()).contains("again");
  }

  private static Order rollback(TestBundle bundle, String command) {
    Order o = bundle.order(command, Bench.TRIAL);
    return new Order(
        o.commandId(),
        o.release(),
        o.manifest(),
        o.manifestSize(),
        o.signatures(),
        Order.Reason.ROLLBACK,
        o.trial(),
        o.window(),
        o.warmUp(),
        o.delivery(),
        o.unknownFacts(),
        Optional.of("the lens is dirty"));
  }
}

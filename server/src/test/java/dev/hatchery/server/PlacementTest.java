package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.Selector;
import dev.hatchery.core.VersionRange;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementRequest.Kind;
import dev.hatchery.wire.api.PlacementView;
import dev.hatchery.wire.api.PlacementView.State;
import dev.hatchery.wire.api.ReleaseView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that an operator takes back by hand, one by one. */
final class PlacementTest {
  private static final DeviceId ONE = new DeviceId("edge-1");
  private static final DeviceId TWO = new DeviceId("edge-2");
  private static final ReleaseId OLD = ReleaseId.parse("inspection@1.0.0");
  private static final ReleaseId NEW = ReleaseId.parse("inspection@1.1.0");
  private static final ReleaseId NEXT = ReleaseId.parse("inspection@1.2.0");

  @TempDir private Path folder;
  private Fleet fleet;
  private Device first;
  private Device second;
  private ReleaseView old;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    first = fleet.device("edge-1", Map.of("site", "oslo"));
    second = fleet.device("edge-2", Map.of("site", "bergen"));
    old = fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    fleet.release("inspection@1.2.0");
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static PlacementRequest back(DeviceId device) {
    return request(Optional.of(device), Optional.empty());
  }

  private static PlacementRequest back(String selector) {
    return request(Optional.empty(), Optional.of(Selector.parse(selector)));
  }

  private static PlacementRequest request(Optional<DeviceId> device, Optional<Selector> selector) {
    return new PlacementRequest(
        Kind.ROLLBACK, Fleet.SLOT, device, selector, Optional.empty(), "the lens is dirty");
  }

  @Test
  void oneDeviceGoesBackWithItsReasonAndIsCountedUntilItHasProvedIt() {
    complete("one", OLD, first, second);
    complete("two", NEW, first, second);
    PlacementView tried = fleet.operator().tryPlacing(back(ONE));
    assertThat(tried.id()).isEmpty();
    assertThat(fleet.operator().placements()).isEmpty();
    PlacementView told = fleet.operator().place(back(ONE));
    assertThat(tried.devices()).extracting(PlacementView.Placed::to).containsExactly(OLD);
    assertThat(told.devices())
        .singleElement()
        .returns(ONE, PlacementView.Placed::device)
        .returns(Optional.of(NEW), PlacementView.Placed::from)
        .returns(OLD, PlacementView.Placed::to)
        .returns(State.TOLD, PlacementView.Placed::state);
    Order order = Device.order(first.poll(20).orElseThrow());
    assertThat(order)
        .returns(OLD, Order::release)
        .returns(Order.Reason.ROLLBACK, Order::reason)
        .returns(Delivery.DEFAULT, Order::delivery)
        .returns(Optional.of("the lens is dirty"), Order::why);
    assertThat(second.poll(0)).as("nobody else").isEmpty();
    assertThat(fleet.operator().placement(id(told)).count(State.TOLD)).isEqualTo(1);
    first.obey(order, 0, 30);
    PlacementView there = await(id(told), p -> p.count(State.CONFIRMED) == 1);
    assertThat(there.devices().getFirst().detail()).as("said back").isEqualTo("the lens is dirty");
    assertThat(fleet.operator().audit(0))
        .filteredOn(a -> a.action().startsWith("device.roll"))
        .extracting(AuditView::action, AuditView::detail)
        .containsExactly(
            tuple(
                "device.rollback",
                "rollback "
                    + id(told)
                    + ": 1 device told to go back to inspection@1.0.0: the lens is dirty"),
            tuple(
                "device.rolled-back",
                "rollback " + id(told) + ": the device has proved to be back"));
    assertThat(fleet.operator().explainDevice(ONE).slots().get(Fleet.SLOT))
        .anyMatch(
            line ->
                line.startsWith(
                    "it was taken back by operator:admin: the lens is dirty (hatchery rollback"
                        + " undo "
                        + id(told)
                        + " lets it go)"));
  }

  @Test
  void whoHasNothingToGoBackToIsListedAndNobodyIsTakenBackTwice() {
    complete("one", OLD, first, second);
    complete("two", NEW, first, second);
    Device third = fleet.device("edge-3", Map.of("site", "oslo"));
    third.obey(third.poll(20).orElseThrow());
    PlacementView told = fleet.operator().place(back("site"));
    assertThat(told.devices()).extracting(PlacementView.Placed::device).containsExactly(ONE, TWO);
    assertThat(told.left())
        .singleElement()
        .returns(third.id, PlacementView.Left::device)
        .returns(
            "holds nothing, or does not say what, before inspection@1.1.0",
            PlacementView.Left::why);
    first.obey(first.poll(20).orElseThrow());
    assertThat(refused(Code.ILLEGAL_STATE, () -> fleet.operator().place(back("site"))).got())
        .isEqualTo(
            "edge-1 was told to go back to inspection@1.0.0 already; edge-2 was told to go back to"
                + " inspection@1.0.0 already; edge-3 holds nothing, or does not say what, before"
                + " inspection@1.1.0");
    assertThat(fleet.operator().placements()).as("nothing half done").hasSize(1);
    assertThat(fleet.operator().restraints()).hasSize(1);
    refused(Code.NOT_FOUND, () -> fleet.operator().place(back("site=nowhere")));
    refused(Code.NOT_FOUND, () -> fleet.operator().placement(99));
  }

  @Test
  void whatThePolicyForbidsNobodyGoesBackTo() {
    complete("one", OLD, first, second);
    complete("two", NEW, first, second);
    fleet.operator().putPolicy(fleet.policy(1, Map.of(), Set.of(old.digest())));
    assertThat(refused(Code.ILLEGAL_STATE, () -> fleet.operator().place(back(ONE))).got())
        .contains("revoked");
  }

  @Test
  void itStaysThereWhateverTheChannelDoesUntilItIsLetGo() {
    complete("one", OLD, first, second);
    complete("two", NEW, first, second);
    PlacementView told = fleet.operator().place(back(ONE));
    first.obey(first.poll(20).orElseThrow());
    await(id(told), p -> p.count(State.CONFIRMED) == 1);
    assertThat(complete("three", NEXT, second).fleet()).as("left out").isEqualTo(1);
    assertThat(first.poll(0)).as("the head has moved, and not it").isEmpty();
    fleet.restart();
    first.server = fleet.address();
    assertThat(fleet.operator().placement(id(told)).count(State.CONFIRMED))
        .as("after a restart")
        .isEqualTo(1);
    PlacementView gone = fleet.operator().undoPlacing(id(told), "cleaned");
    assertThat(gone.letGo().orElseThrow())
        .returns("cleaned", PlacementView.LetGo::reason)
        .returns("operator:admin", PlacementView.LetGo::by);
    assertThat(gone.count(State.LET_GO)).isEqualTo(1);
    Order head = Device.order(first.poll(20).orElseThrow());
    assertThat(head)
        .returns(NEXT, Order::release)
        .returns(Order.Reason.CHANNEL, Order::reason)
        .returns(Optional.empty(), Order::why);
    assertThat(fleet.operator().restraints()).isEmpty();
    refused(Code.CONFLICT, () -> fleet.operator().undoPlacing(id(told), "again"));
    first.obey(head, 0, 30);
    // And a device that went back can be assigned, and taken back, again.
    assertThat(fleet.operator().place(back(ONE)).devices())
        .singleElement()
        .returns(OLD, PlacementView.Placed::to);
  }

  @Test
  void unpinLetsItGoTheSameAndWhoIsHeldGoesWhenThatIsOver() {
    complete("one", OLD, first, second);
    complete("two", NEW, first, second);
    PlacementView told = fleet.operator().place(back("site"));
    first.obey(first.poll(20).orElseThrow());
    second.obey(second.poll(20).orElseThrow());
    var now = fleet.clock.instant();
    var hold =
        fleet
            .operator()
            .restrain(
                new Restraint(
                    Restraint.Kind.HOLD,
                    Optional.empty(),
                    Optional.of(ONE),
                    Optional.empty(),
                    now.minusSeconds(1),
                    Optional.of(now.plusSeconds(3600)),
                    "repairs"));
    fleet.operator().release(id(told));
    assertThat(Device.order(second.poll(20).orElseThrow()).release()).isEqualTo(NEW);
    assertThat(first.poll(0)).isEmpty();
    assertThat(fleet.operator().placement(id(told)).devices().getFirst())
        .returns(State.WAITING, PlacementView.Placed::state)
        .extracting(PlacementView.Placed::detail)
        .asString()
        .startsWith("is held by operator:admin until ");
    fleet.operator().release(hold.id());
    assertThat(Device.order(first.poll(20).orElseThrow()).release()).isEqualTo(NEW);
    await(id(told), p -> p.count(State.LET_GO) == 2);
  }

  @Test
  void aRunningRolloutGoesOnWithoutItAndTakesItUpAgain() {
    complete("one", OLD, first, second);
    String id = begin("two", NEW).id();
    first.obey(first.poll(20).orElseThrow());
    await(id, r -> state(r, ONE) == RolloutView.Member.State.CONFIRMED);
    PlacementView told = fleet.operator().place(back(ONE));
    assertThat(told.devices()).singleElement().returns(OLD, PlacementView.Placed::to);
    first.obey(first.poll(20).orElseThrow());
    await(id, r -> state(r, ONE) == RolloutView.Member.State.PINNED);
    assertThat(
            await(id, r -> r.verdicts().stream().anyMatch(v -> v.gate().equals("pinned")))
                .verdicts())
        .filteredOn(v -> v.gate().equals("pinned"))
        .allMatch(v -> v.reason().startsWith("edge-1 was taken back by operator:admin: "));
    assertThat(first.poll(0)).isEmpty();
    assertThat(fleet.operator().explainRollout(id).devices())
        .anyMatch(
            l ->
                l.startsWith("edge-1 is pinned, and the stages go on without it, though it was")
                    && l.contains("; it was taken back by operator:admin: the lens is dirty"));
    fleet.operator().undoPlacing(id(told), "cleaned");
    Order again = Device.order(first.poll(20).orElseThrow());
    assertThat(again)
        .returns(NEW, Order::release)
        .returns(Order.Reason.ROLLOUT, Order::reason)
        .returns("two-1/2", Order::commandId);
    first.obey(again, 0, 30);
    second.obey(second.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
  }

  @Test
  void anAbortMovesItNowhereAndDoesNotWaitForIt() {
    complete("one", OLD, first, second);
    String id = begin("two", NEW, "[{name: all, percent: 100, soak: 1h}]").id();
    first.obey(first.poll(20).orElseThrow());
    second.obey(second.poll(20).orElseThrow());
    PlacementView told = fleet.operator().place(back(ONE));
    Order order = Device.order(first.poll(20).orElseThrow());
    first.obey(order, 0, 30);
    fleet.operator().abort(id, "enough");
    Order taken = Device.order(second.poll(20).orElseThrow());
    assertThat(taken.why()).contains("two-1 was aborted by operator: enough");
    second.obey(taken, 0, 30);
    await(id, r -> r.phase() == Phase.ROLLED_BACK);
    assertThat(first.poll(0)).as("its order is the newer one").isEmpty();
    await(id(told), p -> p.count(State.CONFIRMED) == 1);
  }

  @Test
  void oneThatCannotIsToldAgainAfterTenMinutes() {
    complete("one", OLD, first, second);
    complete("two", NEW, first, second);
    PlacementView told = fleet.operator().place(back(ONE));
    Order order = Device.order(first.poll(20).orElseThrow());
    first.fail(order);
    PlacementView failed = await(id(told), p -> p.count(State.FAILED) == 1);
    assertThat(failed.devices().getFirst().detail())
        .startsWith("NOT_READY; told again not before ");
    assertThat(first.poll(0)).isEmpty();
    fleet.clock.advance(Duration.ofMinutes(10));
    first.renewedToken();
    Order again = Device.order(first.poll(20).orElseThrow());
    assertThat(again.commandId()).isEqualTo("hand/" + id(told) + "/2");
    assertThat(again.release()).isEqualTo(OLD);
    first.obey(again, 0, 30);
    await(id(told), p -> p.count(State.CONFIRMED) == 1);
  }

  private static PlacementRequest pin(DeviceId device, ReleaseId release) {
    return new PlacementRequest(
        Kind.PIN,
        Fleet.SLOT,
        Optional.of(device),
        Optional.empty(),
        Optional.of(release),
        "the customer's choice");
  }

  @Test
  void aPinToAReleaseOrdersItWithATrialAndKeepsItThere() {
    complete("one", OLD, first, second);
    PlacementView told = fleet.operator().place(pin(ONE, NEXT));
    Order order = Device.order(first.poll(20).orElseThrow());
    assertThat(order)
        .returns(NEXT, Order::release)
        .returns(Order.Reason.CHANNEL, Order::reason)
        .returns(Optional.of("the customer's choice"), Order::why);
    first.obey(order, 0, 30);
    await(id(told), p -> p.count(State.CONFIRMED) == 1);
    assertThat(complete("two", NEW, second).fleet()).as("left out").isEqualTo(1);
    assertThat(first.poll(0)).isEmpty();
    assertThat(fleet.operator().audit(0))
        .filteredOn(a -> a.action().startsWith("device.pin"))
        .extracting(AuditView::action)
        .containsExactly("device.pin", "device.pinned");
    fleet.operator().release(id(told));
    assertThat(Device.order(first.poll(20).orElseThrow()).release()).isEqualTo(NEW);
  }

  @Test
  void aReleaseThatFailedIsNotTriedAgainByItself() {
    complete("one", OLD, first, second);
    PlacementView told = fleet.operator().place(pin(ONE, NEXT));
    first.fail(Device.order(first.poll(20).orElseThrow()));
    await(id(told), p -> p.count(State.FAILED) == 1);
    fleet.clock.advance(Duration.ofDays(2));
    first.renewedToken();
    assertThat(first.poll(2).map(d -> Device.order(d).commandId()).orElse("hand/1/1"))
        .isEqualTo("hand/" + id(told) + "/1");
    fleet.operator().release(id(told));
    assertThat(Device.order(first.poll(20).orElseThrow()).release()).isEqualTo(OLD);
  }

  @Test
  void aPinToWhatItWentBackToMakesTheReleaseItLeftNoneToGoBackTo() {
    complete("one", OLD, first, second);
    complete("two", NEW, first, second);
    PlacementView back = fleet.operator().place(back(ONE));
    first.obey(first.poll(20).orElseThrow());
    await(id(back), p -> p.count(State.CONFIRMED) == 1);
    fleet.operator().undo("two", "bad");
    second.obey(second.poll(20).orElseThrow());
    fleet.operator().undoPlacing(id(back), "the channel is back, too");
    PlacementView pinned = fleet.operator().place(pin(ONE, OLD));
    first.obey(first.poll(20).orElseThrow());
    await(id(pinned), p -> p.count(State.CONFIRMED) == 1);
    assertThat(refused(Code.ILLEGAL_STATE, () -> fleet.operator().place(back(ONE))).got())
        .contains("was told to go back to inspection@1.0.0 already");
  }

  @Test
  void whoCannotRunItOrIsKeptIsLeftAndAReleaseOfTheOtherKindIsRefused() {
    complete("one", OLD, first, second);
    var other =
        new Compatibility(
            List.of(),
            List.of(),
            List.of(),
            Map.of("hailort", VersionRange.parse(">=5.2")),
            new DataSize(0),
            false);
    fleet.release("inspection@2.0.0", other);
    assertThat(
            refused(
                    Code.ILLEGAL_STATE,
                    () -> fleet.operator().place(pin(ONE, ReleaseId.parse("inspection@2.0.0"))))
                .got())
        .startsWith("edge-1 does not say whether it can run inspection@2.0.0: ");
    fleet.firmware("pi-os@1.0.0");
    refused(Code.BAD_SPEC, () -> fleet.operator().place(pin(ONE, ReleaseId.parse("pi-os@1.0.0"))));
    refused(Code.NOT_FOUND, () -> fleet.operator().place(pin(ONE, ReleaseId.parse("none@1.0.0"))));
    fleet.operator().place(pin(ONE, NEW));
    assertThat(refused(Code.ILLEGAL_STATE, () -> fleet.operator().place(pin(ONE, NEXT))).got())
        .startsWith("edge-1 is pinned by operator:admin: the customer's choice");
    assertThat(fleet.operator().placements()).hasSize(1);
  }

  private static RolloutView.Member.State state(RolloutView rollout, DeviceId device) {
    return rollout.members().stream()
        .filter(m -> m.device().equals(device))
        .map(RolloutView.Member::state)
        .findFirst()
        .orElse(RolloutView.Member.State.ORDERED);
  }

  private static long id(PlacementView view) {
    return view.id().orElseThrow();
  }

  private RolloutView begin(String name, ReleaseId release) {
    return begin(name, release, Fleet.ALL);
  }

  private RolloutView begin(String name, ReleaseId release, String stages) {
    return fleet.operator().startRollout(Fleet.spec(name, release.toString(), stages));
  }

  private RolloutView complete(String name, ReleaseId release, Device... devices) {
    String id = begin(name, release).id();
    for (Device device : devices) device.obey(device.poll(20).orElseThrow());
    return await(id, r -> r.phase() == Phase.COMPLETED);
  }

  private RolloutView await(String id, Predicate<RolloutView> until) {
    return await(() -> fleet.operator().rollout(id), until);
  }

  private PlacementView await(long id, Predicate<PlacementView> until) {
    return await(() -> fleet.operator().placement(id), until);
  }

  private static <T> T await(Supplier<T> look, Predicate<T> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    T last = look.get();
    while (!until.test(last)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + last);
      last = look.get();
    }
    return last;
  }
}

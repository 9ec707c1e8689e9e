package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.Restraint.Kind;
import dev.hatchery.core.Secret;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.RestraintView;
import dev.hatchery.wire.api.RollbackRequest;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins, holds and freezes. */
final class RestraintTest {
  private static final DeviceId ONE = new DeviceId("edge-1");

  private static final ReleaseId ONE_RELEASE = ReleaseId.parse("inspection@1.0.0");
  private static final ReleaseId TWO = ReleaseId.parse("inspection@1.1.0");

  @TempDir private Path folder;
  private Fleet fleet;
  private Device first;
  private Device second;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    first = fleet.device("edge-1", Map.of("site", "oslo"));
    second = fleet.device("edge-2", Map.of("site", "bergen"));
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private RestraintView hold(Optional<DeviceId> device, Optional<Selector> selector) {
    Instant now = fleet.clock.instant();
    return fleet
        .operator()
        .restrain(
            new Restraint(
                Kind.HOLD,
                Optional.empty(),
                device,
                selector,
                now.minusSeconds(1),
                Optional.of(now.plusSeconds(3600)),
                "repairs"));
  }

  private RestraintView pin(Selector whom) {
    return fleet
        .operator()
        .restrain(
            new Restraint(
                Kind.PIN,
                Optional.of(Fleet.SLOT),
                Optional.empty(),
                Optional.of(whom),
                fleet.clock.instant().minusSeconds(1),
                Optional.empty(),
                "the customer's audit"));
  }

  @Test
  void aPinnedDeviceIsLeftOutAndStaysWhereItIs() {
    complete("one", "inspection@1.0.0", first, second);
    RestraintView pin = pin(Selector.parse("site=oslo"));
    RolloutView two = complete("two", "inspection@1.1.0", second);
    assertThat(two.fleet()).isEqualTo(1);
    assertThat(first.poll(0)).isEmpty();
    assertThat(fleet.operator().explainDevice(ONE).slots().get(Fleet.SLOT))
        .anyMatch(
            line ->
                line.startsWith(
                    "it is pinned by operator:admin: the customer's audit (hatchery unpin "
                        + pin.id()));
    assertThat(fleet.operator().audit(0))
        .filteredOn(a -> a.action().equals("rollout.create") && a.object().equals("two-1"))
        .extracting(AuditView::detail)
        .allMatch(d -> d.endsWith("; pinned, and left out: edge-1"));
    // Nor does a rollback of the channel move it.
    fleet.operator().undo("two", "back");
    second.obey(second.poll(20).orElseThrow());
    assertThat(first.poll(0)).isEmpty();
    fleet.operator().release(pin.id());
    assertThat(complete("three", "inspection@1.1.0", first, second).fleet()).isEqualTo(2);
  }

  @Test
  void aPinnedDeviceIsNotTakenUpLaterEither() {
    complete("one", "inspection@1.0.0", first, second);
    pin(Selector.parse("site=oslo"));
    String stages = "[{name: canary, count: 1, soak: 1s}, {name: all, percent: 100, soak: 1s}]";
    String id = fleet.operator().startRollout(Fleet.spec("two", "inspection@1.1.0", stages)).id();
    fleet.device("edge-3", Map.of("site", "tromso"));
    RolloutView joined = await(id, r -> r.fleet() > 1);
    assertThat(joined.fleet()).as("edge-2 and edge-3").isEqualTo(2);
    assertThat(first.poll(0)).isEmpty();
  }

  @Test
  void aStageWaitsForADeviceThatIsHeld() {
    complete("one", "inspection@1.0.0", first, second);
    RestraintView hold = hold(Optional.of(ONE), Optional.empty());
    String id = begin("two", "inspection@1.1.0").id();
    second.obey(second.poll(20).orElseThrow());
    RolloutView held = await(id, r -> says(r, "held"));
    assertThat(held.devicesTouched()).isEqualTo(1);
    assertThat(held.verdicts())
        .filteredOn(v -> v.gate().equals("held"))
        .allMatch(v -> v.reason().startsWith("edge-1 is held by operator:admin until "))
        .allMatch(v -> v.reason().endsWith("(hatchery unhold " + hold.id() + " lets it go)"));
    assertThat(fleet.operator().explainRollout(id).devices())
        .anyMatch(l -> l.startsWith("edge-1 is held by operator:admin until "));
    fleet.operator().release(hold.id());
    await(id, r -> r.devicesTouched() == 2);
    assertThat(fleet.operator().restraints()).isEmpty();
    assertThat(fleet.operator().audit(0))
        .filteredOn(a -> a.action().startsWith("hold."))
        .extracting(AuditView::action)
        .containsExactly("hold.add", "hold.remove");
  }

  @Test
  void aFreezeStopsOrdersButNoRollback() {
    complete("one", "inspection@1.0.0", first, second);
    complete("two", "inspection@1.1.0", first, second);
    Instant now = fleet.clock.instant();
    fleet
        .operator()
        .restrain(
            new Restraint(
                Kind.FREEZE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now.minusSeconds(1),
                Optional.of(now.plusSeconds(3600)),
                "holidays"));
    fleet.release("inspection@1.2.0");
    String id = begin("three", "inspection@1.2.0").id();
    RolloutView frozen = await(id, r -> says(r, "freeze"));
    assertThat(frozen.devicesTouched()).isZero();
    assertThat(fleet.operator().explainRollout(id).ways().getFirst())
        .startsWith("a freeze by operator:admin until ")
        .contains("holidays");
    fleet.operator().abort(id, "make way");
    fleet
        .operator()
        .rollback(Fleet.SLOT, Fleet.CHANNEL, new RollbackRequest("urgent", Optional.of(TWO)));
    assertThat(Device.order(first.poll(20).orElseThrow()).release()).isEqualTo(ONE_RELEASE);
  }

  @Test
  void explainSaysOfEachDeviceThatIsNotInOrderWhyAndWhenItIsTriedAgain() {
    complete("one", "inspection@1.0.0", first, second);
    String id = begin("two", "inspection@1.1.0").id();
    var told = first.poll(20).orElseThrow();
    second.obey(second.poll(20).orElseThrow());
    Instant now = fleet.clock.instant();
    fleet
        .operator()
        .restrain(
            new Restraint(
                Kind.FREEZE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now.minusSeconds(1),
                Optional.of(now.plusSeconds(3600)),
                "holidays"));
    assertThat(fleet.operator().explainRollout(id).devices())
        .anyMatch(l -> l.startsWith("edge-1 does not prove yet that it runs the target; told at "));
    first.fail(Device.order(told));
    await(id, r -> r.members().stream().anyMatch(m -> m.failure().isPresent()));
    assertThat(fleet.operator().explainRollout(id).devices())
        .anyMatch(
            l ->
                l.startsWith("edge-1 went back or could not switch (NOT_READY), since ")
                    && l.contains("; a fresh trial not before "));
    fleet.operator().abort(id, "enough");
    assertThat(fleet.operator().explainRollout(id).devices())
        .anyMatch(l -> l.startsWith("edge-1 has not proved yet that it is back; told at "));
  }

  @Test
  void whatWasPutThereIsThereAfterARestart() {
    RestraintView pin = pin(Selector.parse("site=oslo"));
    fleet.restart();
    assertThat(fleet.operator().restraints()).containsExactly(pin);
  }

  @Test
  void whatIsOverHoldsNobody() {
    hold(Optional.empty(), Optional.of(Selector.parse("site")));
    fleet.clock.advance(Duration.ofHours(2));
    assertThat(fleet.operator().restraints()).isEmpty();
    first.renewedToken();
    second.renewedToken();
    complete("one", "inspection@1.0.0", first, second);
  }

  @Test
  void whatCannotBeIsRefused() {
    Instant now = fleet.clock.instant();
    refused(Code.NOT_FOUND, () -> fleet.operator().release(99));
    refused(
        Code.BAD_INPUT,
        () ->
            fleet
                .operator()
                .restrain(
                    new Restraint(
                        Kind.FREEZE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        now.minusSeconds(20),
                        Optional.of(now.minusSeconds(10)),
                        "long ago")));
    refused(Code.BAD_INPUT, () -> hold(Optional.empty(), Optional.empty()));
    refused(Code.BAD_INPUT, () -> hold(Optional.of(ONE), Optional.of(Selector.parse("site=oslo"))));
    assertThat(fleet.operator().restraints()).isEmpty();
  }

  private static boolean says(RolloutView rollout, String gate) {
    return rollout.verdicts().stream().anyMatch(v -> v.gate().equals(gate));
  }

  private RolloutView begin(String name, String release) {
    return fleet.operator().startRollout(Fleet.spec(name, release, Fleet.ALL));
  }

  private RolloutView complete(String name, String release, Device... devices) {
    String id = begin(name, release).id();
    for (Device device : devices) device.obey(device.poll(20).orElseThrow());
    return await(id, r -> r.phase() == Phase.COMPLETED);
  }

  private RolloutView await(String id, Predicate<RolloutView> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    RolloutView last = fleet.operator().rollout(id);
    while (!until.test(last)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + last);
      last = fleet.operator().rollout(id);
    }
    return last;
  }

  @Test
  void aPinAtTheDeviceIsToldAndPassedByAndUndoLeavesItWhereItIs() {
    complete("one", "inspection@1.0.0", first, second);
    String id = begin("two", "inspection@1.1.0").id();
    second.obey(second.poll(20).orElseThrow());
    var ordered = first.poll(20).orElseThrow();
    first.tellPinned("audit of the line");
    RolloutView done = await(id, r -> r.phase() == Phase.COMPLETED);
    assertThat(done.members())
        .filteredOn(m -> m.device().equals(ONE))
        .extracting(RolloutView.Member::state)
        .containsExactly(RolloutView.Member.State.PINNED);
    assertThat(fleet.operator().explainDevice(ONE).slots().get(Fleet.SLOT))
        .contains("it is pinned at the device: audit of the line");
    var next = Fleet.spec("three", "inspection@1.1.0", Fleet.ALL);
    assertThat(fleet.operator().tryRollout(next).fleet()).as("left out next time").isEqualTo(1);
    fleet.operator().undo("two", "back");
    // Let go, it would otherwise go where nobody else is any more.
    var stays = Device.order(first.poll(20).orElseThrow());
    assertThat(stays.manifest()).isNotEqualTo(Device.order(ordered).manifest());
    assertThat(stays.release()).isEqualTo(ONE_RELEASE);
    assertThat(stays.reason()).isEqualTo(Order.Reason.ROLLBACK);
  }

  @Test
  void whoIsRevokedHasApprovedNothing() {
    complete("one", "inspection@1.0.0", first, second);
    String bob = fleet.operator().addOperator(new Name("bob")).token().orElseThrow().reveal();
    String stages = "[{name: all, percent: 100, soak: 1s, approval: {count: 2}}]";
    String id = fleet.operator().startRollout(Fleet.spec("two", "inspection@1.1.0", stages)).id();
    await(id, r -> says(r, "approval"));
    try (var asBob = new OperatorClient(fleet.address(), new Secret(bob), Optional.empty())) {
      asBob.approve(id, "fine");
    }
    assertThat(await(id, r -> reason(r, "approval").contains("operator:bob")).phase())
        .isEqualTo(Phase.RUNNING);
    fleet.operator().revokeOperator(new Name("bob"));
    await(id, r -> reason(r, "approval").contains("nobody has yet"));
    assertThat(fleet.operator().decisions(id).getLast().summary())
        .startsWith("the approval of stage all by operator:bob counts no more");
  }

  private static String reason(RolloutView rollout, String gate) {
    return rollout.verdicts().stream()
        .filter(v -> v.gate().equals(gate))
        .map(v -> v.reason())
        .findFirst()
        .orElse("");
  }
}

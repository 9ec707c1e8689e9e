package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Selector;
import dev.hatchery.wire.api.ChannelView;
import dev.hatchery.wire.api.RollbackRequest;
import dev.hatchery.wire.api.RollbackView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RolloutTest {
  @TempDir private Path folder;
  private Fleet fleet;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void whatCannotBeARolloutIsRefusedAndChangesNothing() {
    refused(Code.NOT_FOUND, () -> begin("a", "nothing@1.0.0"));
    fleet.release("inspection@1.0.0");
    refused(Code.BAD_SPEC, () -> begin("a", "inspection@1.0.0"));
    fleet.device("edge-1", Map.of("site", "oslo"));
    refused(
        Code.BAD_SPEC,
        () ->
            fleet.operator().startRollout(selecting(spec("a", "inspection@1.0.0"), "site=bergen")));
    assertThat(fleet.operator().rollouts()).isEmpty();
  }

  @Test
  void aChannelHasOneRolloutAtATimeAndTheSameSpecStartsNothingTwice() {
    fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    RolloutView first = begin("a", "inspection@1.0.0");
    assertThat(begin("a", "inspection@1.0.0").id()).isEqualTo(first.id());
    var problem = refused(Code.CONFLICT, () -> begin("b", "inspection@1.1.0"));
    assertThat(problem.got()).contains(first.id());
    assertThat(fleet.operator().rollouts()).hasSize(1);
  }

  @Test
  void operatorsSteerARolloutByIdOrName() {
    fleet.device("edge-1", Map.of());
    fleet.device("edge-2", Map.of());
    fleet.release("inspection@1.0.0");
    RolloutView view =
        fleet
            .operator()
            .startRollout(Fleet.spec("steered", "inspection@1.0.0", Fleet.CANARY_FIRST));
    assertThat(view.stages()).extracting(RolloutView.Stage::devices).containsExactly(1, 2);
    await(view.id(), r -> r.devicesTouched() == 1);
    assertThat(fleet.operator().pause("steered").phase()).isEqualTo(Phase.PAUSED);
    refused(Code.ILLEGAL_STATE, () -> fleet.operator().promote("steered"));
    assertThat(fleet.operator().resume(view.id()).phase()).isEqualTo(Phase.RUNNING);
    assertThat(fleet.operator().promote(view.id()).stage()).isEqualTo(1);
    refused(Code.ILLEGAL_STATE, () -> fleet.operator().retry(view.id()));
    RolloutView aborted = fleet.operator().abort(view.id(), "seen enough");
    assertThat(aborted.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(aborted.abort().orElseThrow().gate()).isEqualTo("operator");
    assertThat(aborted.abort().orElseThrow().reason()).isEqualTo("seen enough");
    refused(Code.ILLEGAL_STATE, () -> fleet.operator().abort(view.id(), "again"));
    refused(Code.NOT_FOUND, () -> fleet.operator().rollout("nobody"));
    assertThat(begin("steered", "inspection@1.0.0").id()).isEqualTo("steered-2");
    assertThat(fleet.operator().rollout("steered").id()).isEqualTo("steered-2");
  }

  @Test
  void whoJoinsDuringARolloutGetsTheHeadOfBeforeAndTheNewOneAtItsEnd() {
    Device first = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", first);
    RolloutView second = begin("two", "inspection@1.1.0");
    DesiredState told = first.poll(20).orElseThrow();
    Device late = fleet.device("edge-2", Map.of());
    Order before = Device.order(late.poll(0).orElseThrow());
    assertThat(before.release()).isEqualTo(ReleaseId.parse("inspection@1.0.0"));
    assertThat(before.reason()).isEqualTo(Order.Reason.CHANNEL);
    first.obey(told);
    await(second.id(), r -> r.phase() == Phase.COMPLETED);
    Order after = Device.order(late.poll(20).orElseThrow());
    assertThat(after.release()).isEqualTo(ReleaseId.parse("inspection@1.1.0"));
    assertThat(after.reason()).isEqualTo(Order.Reason.CHANNEL);
    assertThat(first.poll(0)).isEmpty();
  }

  @Test
  void aSelectorKeepsTheReleaseFromTheRestAlsoWhenItIsTheHead() {
    Device oslo = fleet.device("edge-1", Map.of("site", "oslo"));
    Device bergen = fleet.device("edge-2", Map.of("site", "bergen"));
    fleet.release("inspection@1.0.0");
    RolloutView view =
        fleet.operator().startRollout(selecting(spec("oslo", "inspection@1.0.0"), "site=oslo"));
    oslo.obey(oslo.poll(20).orElseThrow());
    await(view.id(), r -> r.phase() == Phase.COMPLETED);
    assertThat(bergen.poll(0)).isEmpty();
    RolloutView rest =
        fleet.operator().startRollout(selecting(spec("rest", "inspection@1.0.0"), "site=bergen"));
    bergen.obey(bergen.poll(20).orElseThrow());
    await(rest.id(), r -> r.phase() == Phase.COMPLETED);
    assertThat(rest.previous()).isEmpty();
    assertThat(channel().head()).contains(ReleaseId.parse("inspection@1.0.0"));
    assertThat(channel().previous()).isEmpty();
  }

  @Test
  void rollingBackAChannelAbortsItsRolloutFirst() {
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", device);
    RolloutView second = begin("two", "inspection@1.1.0");
    DesiredState told = device.poll(20).orElseThrow();
    RollbackView done = rollBack(Optional.empty());
    assertThat(done.how()).isEqualTo(RollbackView.How.ROLLOUT_ABORTED);
    assertThat(done.rollout()).contains(second.id());
    assertThat(done.from()).isEqualTo(ReleaseId.parse("inspection@1.1.0"));
    assertThat(done.to()).contains(ReleaseId.parse("inspection@1.0.0"));
    assertThat(rollBack(Optional.empty()).how()).isEqualTo(RollbackView.How.UNDER_WAY);
    DesiredState back = device.poll(20).orElseThrow();
    assertThat(back.counter()).isEqualTo(told.counter() + 1);
    assertThat(Device.order(back).reason()).isEqualTo(Order.Reason.ROLLBACK);
    device.obey(back);
    RolloutView over = await(second.id(), r -> r.phase() == Phase.ROLLED_BACK);
    assertThat(over.finishedAt()).isPresent();
    assertThat(over.bytesForRollback()).isZero();
    assertThat(rollBack(Optional.empty()).how()).isEqualTo(RollbackView.How.UNDER_WAY);
    assertThat(channel().head()).contains(ReleaseId.parse("inspection@1.0.0"));
  }

  @Test
  void withoutARolloutTheHeadGoesBackForEveryDevice() {
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", device);
    refused(Code.ILLEGAL_STATE, () -> rollBack(Optional.empty()));
    complete("two", "inspection@1.1.0", device);
    refused(Code.CONFLICT, () -> rollBack(Optional.of("inspection@1.0.0")));
    RollbackView done = rollBack(Optional.of("inspection@1.1.0"));
    assertThat(done.how()).isEqualTo(RollbackView.How.HEAD_MOVED);
    assertThat(done.devices()).isEqualTo(1);
    Order back = Device.order(device.poll(20).orElseThrow());
    assertThat(back.release()).isEqualTo(ReleaseId.parse("inspection@1.0.0"));
    assertThat(back.reason()).isEqualTo(Order.Reason.ROLLBACK);
    assertThat(channel().head()).contains(ReleaseId.parse("inspection@1.0.0"));
    assertThat(channel().previous()).isEmpty();
    RollbackView again = rollBack(Optional.empty());
    assertThat(again.how()).isEqualTo(RollbackView.How.UNDER_WAY);
    assertThat(again.devices()).isZero();
    assertThat(again.from()).isEqualTo(ReleaseId.parse("inspection@1.1.0"));
    assertThat(device.poll(0)).isEmpty();
    // What was seen on the page is gone, so asking again takes nothing further back.
    refused(Code.CONFLICT, () -> rollBack(Optional.of("inspection@1.1.0")));
    assertThat(begin("one", "inspection@1.0.0").id()).isEqualTo("one-1");
    assertThat(begin("two", "inspection@1.1.0").id()).isEqualTo("two-2");
  }

  @Test
  void goingBackTwiceHasToBeSaid() {
    Device device = fleet.device("edge-1", Map.of());
    for (String version : List.of("1.0.0", "1.1.0", "1.2.0")) {
      fleet.release("inspection@" + version);
      complete("to-" + version, "inspection@" + version, device);
    }
    rollBack(Optional.empty());
    assertThat(rollBack(Optional.empty()).how()).isEqualTo(RollbackView.How.UNDER_WAY);
    assertThat(channel().head()).contains(ReleaseId.parse("inspection@1.1.0"));
    assertThat(rollBack(Optional.of("inspection@1.1.0")).how())
        .isEqualTo(RollbackView.How.HEAD_MOVED);
    assertThat(channel().head()).contains(ReleaseId.parse("inspection@1.0.0"));
  }

  @Test
  void aServerThatDiesGoesOnWhereItWas() {
    Device one = fleet.device("edge-1", Map.of());
    Device two = fleet.device("edge-2", Map.of());
    fleet.release("inspection@1.0.0");
    String id =
        fleet.operator().startRollout(Fleet.spec("a", "inspection@1.0.0", Fleet.CANARY_FIRST)).id();
    RolloutView before = await(id, r -> r.devicesTouched() == 1);
    Device canary = before.members().getFirst().device().equals(one.id) ? one : two;
    DesiredState told = canary.poll(20).orElseThrow();
    canary.obey(told);
    RolloutView counted =
        await(id, r -> !r.members().isEmpty() && r.members().getFirst().requests() == 50);
    fleet.restart();
    RolloutView after = fleet.operator().rollout(id);
    assertThat(after.members().getFirst().requests()).isEqualTo(50);
    assertThat(after.createdAt()).isEqualTo(counted.createdAt());
    assertThat(after.members().getFirst().orderedAt())
        .isEqualTo(counted.members().getFirst().orderedAt());
    await(id, r -> r.stage() == 1);
    assertThat(fleet.operator().decisions(id)).isNotEmpty();
  }

  // Found by the fleet lab: a device that cannot run the release before was told to go back again
  // and again, also over the orders of the rollout after that one.
  @Test
  void aWayBackThatADeviceCannotGoGivesWayToTheNextRollout() {
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    fleet.release("inspection@1.2.0");
    complete("one", "inspection@1.0.0", device);
    RolloutView two = begin("two", "inspection@1.1.0");
    assertThat(device.poll(20)).isPresent();
    fleet.operator().abort(two.id(), "make way");
    Order back = Device.order(device.poll(20).orElseThrow());
    RolloutView three = begin("three", "inspection@1.2.0");
    Order next = Device.order(device.poll(20).orElseThrow());
    assertThat(next.commandId()).startsWith(three.id() + "/");
    device.fail(back);
    RolloutView over = await(two.id(), r -> r.phase() == Phase.ROLLED_BACK);
    assertThat(over.members().getFirst().attempt()).as("not told again").isEqualTo(2);
    assertThat(device.poll(0)).isEmpty();
    device.obey(next, 0, 30);
    await(three.id(), r -> r.phase() == Phase.COMPLETED);
  }

  private static RolloutSpec spec(String name, String release) {
    return Fleet.spec(name, release, Fleet.ALL);
  }

  private static RolloutSpec selecting(RolloutSpec spec, String selector) {
    return spec.with(s -> s.selector(Selector.parse(selector)));
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

  private ChannelView channel() {
    return fleet.operator().channels().stream()
        .filter(c -> c.slot().equals(Fleet.SLOT))
        .findFirst()
        .orElseThrow();
  }

  private RollbackView rollBack(Optional<String> head) {
    return fleet
        .operator()
        .rollback(
            Fleet.SLOT, Fleet.CHANNEL, new RollbackRequest("test", head.map(ReleaseId::parse)));
  }

  private RolloutView await(String id, Predicate<RolloutView> condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    RolloutView view = fleet.operator().rollout(id);
    while (!condition.test(view)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + view);
      fleet.clock.advance(Duration.ofMillis(50));
      Thread.onSpinWait();
      view = fleet.operator().rollout(id);
    }
    return view;
  }
}

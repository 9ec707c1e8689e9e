package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.DecisionView;
import dev.hatchery.wire.api.OperatorView;
import dev.hatchery.wire.api.RolloutExplanation;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.api.VerdictView;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What more than one person has a say in, and what can be taken back. */
final class LifecycleTest {
  private static final String APPROVED =
      "[{name: canary, count: 1, soak: 1s}, {name: all, percent: 100, soak: 1s, approval: {}}]";

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
  void anOperatorHasANameAndATokenOfTheirOwn() {
    OperatorView made = fleet.operator().addOperator(new Name("bob"));
    Secret token = made.token().orElseThrow();
    assertThat(token.reveal()).startsWith("hto_");
    assertThat(fleet.operator().operators())
        .extracting(o -> o.name().value())
        .containsExactly("admin", "bob");
    assertThat(fleet.operator().operators()).allMatch(o -> o.token().isEmpty());
    fleet.restart();
    try (OperatorClient bob = as(token)) {
      refused(Code.FORBIDDEN, () -> bob.addOperator(new Name("bobs-friend")));
      refused(Code.FORBIDDEN, () -> bob.revokeOperator(new Name("bob")));
      refused(Code.CONFLICT, () -> fleet.operator().addOperator(new Name("bob")));
      refused(Code.ILLEGAL_STATE, () -> fleet.operator().revokeOperator(new Name("admin")));
      refused(Code.NOT_FOUND, () -> fleet.operator().revokeOperator(new Name("eve")));
      fleet.operator().revokeOperator(new Name("bob"));
      refused(Code.UNAUTHENTICATED, bob::operators);
    }
    assertThat(fleet.operator().audit(0))
        .filteredOn(a -> a.action().startsWith("operator."))
        .extracting(AuditView::actor, AuditView::action, AuditView::object)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("operator:admin", "operator.add", "bob"),
            org.assertj.core.groups.Tuple.tuple("operator:admin", "operator.revoke", "bob"));
  }

  @Test
  void aStageWaitsUntilASecondOperatorApproves() {
    Device first = fleet.device("edge-1", Map.of());
    Device second = fleet.device("edge-2", Map.of());
    fleet.release("inspection@1.0.0");
    String id = begin("a", "inspection@1.0.0", APPROVED).id();
    Device canary = obeyed(first, second);
    Device other = canary == first ? second : first;
    RolloutView held = await(id, r -> r.verdicts().stream().anyMatch(LifecycleTest::waits));
    assertThat(held.stage()).isEqualTo(1);
    assertThat(held.heldSince()).isPresent();
    RolloutExplanation why = fleet.operator().explainRollout("a");
    assertThat(why.standing())
        .contains("RUNNING of inspection@1.0.0")
        .contains("stage all (2 of 2)");
    assertThat(why.ways().getFirst())
        .isEqualTo(
            "approve, as somebody other than operator:admin: hatchery rollout approve " + id);
    assertThat(why.ways().getLast()).contains("abort " + id).contains("1 device back");
    assertThat(why.ways()).noneMatch(way -> way.contains("promote"));
    assertThat(why.verdicts()).allMatch(v -> v.since().isPresent());
    assertThat(why.decided()).isNotEmpty();
    refused(Code.FORBIDDEN, () -> fleet.operator().approve(id, "my own"));
    try (OperatorClient bob = as(fleet.operator().addOperator(new Name("bob")))) {
      assertThat(bob.approve(id, "looks good").phase()).isEqualTo(Phase.RUNNING);
      other.obey(other.poll(20).orElseThrow());
    }
    await(id, r -> r.phase() == Phase.COMPLETED);
    assertThat(fleet.operator().decisions(id))
        .extracting(DecisionView::summary)
        .contains("operator:bob approves stage all, 1 of 1: looks good")
        .anyMatch(s -> s.startsWith("stage all was approved by operator:bob (looks good); 1 more"));
    assertThat(fleet.operator().audit(0))
        .anyMatch(
            a ->
                a.actor().equals("operator:bob")
                    && a.action().equals("rollout.decide")
                    && a.detail().contains("approves stage all"));
  }

  @Test
  void explainSaysHowLongAStageWaitsAndWhatADeviceLacks() {
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    String id = begin("a", "inspection@1.0.0", "[{name: all, percent: 100, soak: 1h}]").id();
    DesiredState told = device.poll(20).orElseThrow();
    device.obey(told);
    await(id, r -> r.devicesConfirmed() == 1 && r.members().getFirst().requests() > 0);
    RolloutExplanation why = fleet.operator().explainRollout(id);
    assertThat(why.ways().getFirst())
        .isEqualTo("wait about 1h for soak, while its devices are watched");
    assertThat(why.ways())
        .contains("end the stage as passed, whatever it lacks: hatchery rollout promote " + id);
    Instant since = soak(why).since().orElseThrow();
    device.tell(Optional.of(Device.order(told)), List.of());
    assertThat(soak(fleet.operator().explainRollout(id)).since()).contains(since);
    List<String> lines =
        fleet.operator().explainDevice(new DeviceId("edge-1")).slots().get(Fleet.SLOT);
    assertThat(lines)
        .anyMatch(
            l -> l.startsWith("rollout " + id + ": has proved that it runs the target, since"))
        .anyMatch(l -> l.startsWith("  unmet: watched for 1s of 1h, since "))
        .noneMatch(l -> l.contains("requests"));
    fleet.operator().promote(id);
    assertThat(fleet.operator().explainRollout(id).ways())
        .containsExactly(
            "nothing more is decided; to take its end back: hatchery rollout undo " + id);
  }

  private static VerdictView soak(RolloutExplanation why) {
    return why.verdicts().stream().filter(v -> v.gate().equals("soak")).findFirst().orElseThrow();
  }

  @Test
  void aRejectionTakesTheCanariesBack() {
    Device first = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    String id =
        begin("a", "inspection@1.0.0", "[{name: all, percent: 100, approval: {count: 2}}]").id();
    await(id, r -> r.verdicts().stream().anyMatch(LifecycleTest::waits));
    RolloutView no = fleet.operator().reject(id, "not today");
    assertThat(no.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(no.abort().orElseThrow().reason())
        .isEqualTo("rejected by operator:admin: not today");
    assertThat(first.poll(0)).isEmpty();
  }

  @Test
  void anUndoneCompletionGoesBackAndAnUndoneUndoForth() {
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", device);
    complete("two", "inspection@1.1.0", device);
    refused(Code.CONFLICT, () -> fleet.operator().undo("one", "too old"));
    RolloutView undone = fleet.operator().undo("two", "customers complain");
    assertThat(undone.undone().orElseThrow().by()).isEqualTo("operator:admin");
    assertThat(fleet.operator().rollouts().getFirst().undone()).isPresent();
    assertThat(head()).isEqualTo("inspection@1.0.0");
    DesiredState back = device.poll(20).orElseThrow();
    assertThat(Device.order(back).release()).isEqualTo(ReleaseId.parse("inspection@1.0.0"));
    assertThat(Device.order(back).reason()).isEqualTo(Order.Reason.ROLLBACK);
    device.obey(back);
    assertThat(fleet.operator().undo("two", "it was not that").undone()).isEmpty();
    assertThat(head()).isEqualTo("inspection@1.1.0");
    DesiredState forth = device.poll(20).orElseThrow();
    assertThat(Device.order(forth).release()).isEqualTo(ReleaseId.parse("inspection@1.1.0"));
    assertThat(forth.counter()).isGreaterThan(back.counter());
    assertThat(fleet.operator().rollouts().getFirst().undone()).isEmpty();
  }

  @Test
  void anUndoneRollbackOrdersTheReleaseAgain() {
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", device);
    String id = begin("two", "inspection@1.1.0", "[{name: all, percent: 100, soak: 1h}]").id();
    device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.devicesConfirmed() == 1);
    fleet.operator().abort(id, "a hunch");
    refused(Code.ILLEGAL_STATE, () -> fleet.operator().undo(id, "too early"));
    DesiredState back = device.poll(20).orElseThrow();
    device.obey(back);
    await(id, r -> r.phase() == Phase.ROLLED_BACK);
    fleet.operator().undo(id, "it was the light");
    DesiredState again = device.poll(20).orElseThrow();
    assertThat(again.counter()).isGreaterThan(back.counter());
    assertThat(Device.order(again).release()).isEqualTo(ReleaseId.parse("inspection@1.1.0"));
    assertThat(Device.order(again).reason()).isEqualTo(Order.Reason.ROLLOUT);
    assertThat(head()).isEqualTo("inspection@1.0.0");
    assertThat(fleet.operator().decisions(id).getLast().summary())
        .isEqualTo(
            "the rollback is undone by operator:admin: it was the light; 1 device told to run"
                + " inspection@1.1.0 again");
    device.obey(again);
    // And it can be assigned again in the ordinary way.
    complete("three", "inspection@1.1.0", device);
    refused(Code.CONFLICT, () -> fleet.operator().undo(id, "too late"));
  }

  @Test
  void aHeadThatWasTakenBackByHandIsNotTakenBackTwice() {
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", device);
    complete("two", "inspection@1.1.0", device);
    fleet
        .operator()
        .rollback(
            Fleet.SLOT,
            Fleet.CHANNEL,
            new dev.hatchery.wire.api.RollbackRequest("by hand", Optional.empty()));
    var problem = refused(Code.CONFLICT, () -> fleet.operator().undo("two", "again"));
    assertThat(problem.got()).isEqualTo("inspection@1.0.0");
  }

  private static boolean waits(dev.hatchery.wire.api.VerdictView verdict) {
    return verdict.gate().equals("approval");
  }

  /** The device that was ordered, and has done so. */
  private static Device obeyed(Device... devices) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < deadline) {
      for (Device device : devices) {
        Optional<DesiredState> told = device.poll(1);
        if (told.isEmpty()) continue;
        device.obey(told.get());
        return device;
      }
    }
    throw new AssertionError("nobody was ordered");
  }

  private String head() {
    return fleet.operator().channels().getFirst().head().orElseThrow().toString();
  }

  private OperatorClient as(OperatorView operator) {
    return as(operator.token().orElseThrow());
  }

  private OperatorClient as(Secret token) {
    return new OperatorClient(fleet.address(), token, Optional.empty());
  }

  private RolloutView begin(String name, String release, String stages) {
    return fleet.operator().startRollout(Fleet.spec(name, release, stages));
  }

  private void complete(String name, String release, Device device) {
    String id = begin(name, release, Fleet.ALL).id();
    device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
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
}

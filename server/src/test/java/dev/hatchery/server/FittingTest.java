package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.FitRule.UnknownFacts;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Misfit;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Version;
import dev.hatchery.core.VersionRange;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.RollbackRequest;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
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

/** Releases that do not run everywhere. */
final class FittingTest {
  private static final Compatibility NEEDS_5_2 =
      new Compatibility(
          List.of(),
          List.of(),
          List.of(),
          Map.of("hailort", VersionRange.parse(">=5.2")),
          new DataSize(0),
          false);
  private static final DeviceFacts NEW = hailort("5.2.0");
  private static final DeviceFacts OLD = hailort("5.1.1");

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
  void whoCannotRunTheReleaseRefusesTheRolloutAndIsNamed() {
    fleet.device("new", Map.of(), NEW);
    fleet.device("old-1", Map.of(), OLD);
    fleet.device("old-2", Map.of(), OLD);
    fleet.release("needy@1.0.0", NEEDS_5_2);
    for (boolean dry : List.of(true, false)) {
      Refusal.Problem problem =
          refused(
              Code.INCOMPATIBLE,
              () -> {
                if (dry) fleet.operator().tryRollout(spec("a", "needy@1.0.0", ""));
                else fleet.operator().startRollout(spec("a", "needy@1.0.0", ""));
              });
      assertThat(problem.title())
          .isEqualTo(
              "2 of 3 devices cannot run this: 2 hailort 5.1.1, needs >=5.2.0 (old-1, old-2)");
      assertThat(problem.fix()).contains("incompatible: skip");
    }
    assertThat(fleet.operator().rollouts()).isEmpty();
  }

  @Test
  void whoIsSkippedKeepsWhatItHasAlsoWhenTheHeadMovesAndGoesBack() {
    Device good = fleet.device("new", Map.of(), NEW);
    Device old = fleet.device("old", Map.of(), OLD);
    fleet.release("needy@1.0.0");
    fleet.release("needy@1.1.0", NEEDS_5_2);
    fleet.release("needy@1.2.0", NEEDS_5_2);
    complete(spec("one", "needy@1.0.0", ""), good, old);

    RolloutSpec second = spec("two", "needy@1.1.0", "incompatible: skip");
    RolloutView tried = fleet.operator().tryRollout(second);
    assertThat(tried.fleet()).isEqualTo(1);
    assertThat(tried.fit().cannot())
        .isEqualTo("1 of 2 devices cannot run this: 1 hailort 5.1.1, needs >=5.2.0 (old)");
    complete(second, good);
    complete(spec("three", "needy@1.2.0", "incompatible: skip"), good);
    assertThat(old.poll(0)).isEmpty();

    fleet.restart();
    good.server = fleet.address();
    old.server = fleet.address();
    RolloutView after = fleet.operator().rollout("two");
    assertThat(after.phase()).isEqualTo(Phase.COMPLETED);
    assertThat(after.fit()).isEqualTo(tried.fit());
    assertThat(
            fleet
                .operator()
                .rollback(Fleet.SLOT, Fleet.CHANNEL, new RollbackRequest("test", Optional.empty()))
                .devices())
        .isEqualTo(1);
    assertThat(Device.order(good.renewedToken().poll(20).orElseThrow()).release())
        .isEqualTo(ReleaseId.parse("needy@1.1.0"));
    assertThat(old.renewedToken().poll(0)).isEmpty();
  }

  @Test
  void whoDoesNotSayIsHeldAndGetsTheHeadOnceItHasSaid() {
    Device good = fleet.device("new", Map.of(), NEW);
    Device mute = fleet.device("mute", Map.of());
    Device shy = fleet.device("shy", Map.of());
    fleet.release("needy@1.0.0", NEEDS_5_2);
    RolloutView view = fleet.operator().startRollout(spec("a", "needy@1.0.0", ""));
    assertThat(view.fleet()).isEqualTo(1);
    assertThat(view.fit())
        .isEqualTo(
            new FleetFit(
                3,
                0,
                2,
                List.of(
                    new FleetFit.Group(
                        new Misfit("hailort", ">=5.2.0", ""), 2, List.of(mute.id, shy.id)))));
    DesiredState told = good.poll(20).orElseThrow();
    shy.tell(NEW);
    good.obey(told);
    await(view.id(), r -> r.phase() == Phase.COMPLETED);
    assertThat(Device.order(shy.poll(20).orElseThrow()).release())
        .isEqualTo(ReleaseId.parse("needy@1.0.0"));
    assertThat(mute.poll(0)).isEmpty();
  }

  @Test
  void whoSaysItWhileTheRolloutRunsJoinsIt() {
    fleet.device("new", Map.of(), NEW);
    fleet.device("newer", Map.of(), NEW);
    Device shy = fleet.device("shy", Map.of());
    Device old = fleet.device("old", Map.of());
    fleet.release("needy@1.0.0", NEEDS_5_2);
    RolloutSpec spec =
        Wire.ROLLOUT_SPEC.read(yaml("a", "needy@1.0.0", Fleet.CANARY_FIRST, "incompatible: skip"));
    RolloutView view = fleet.operator().startRollout(spec);
    assertThat(view.fleet()).isEqualTo(2);
    old.tell(OLD);
    shy.tell(NEW);
    RolloutView joined = await(view.id(), r -> r.fleet() == 3);
    assertThat(joined.fit()).isEqualTo(view.fit());
    fleet.restart();
    assertThat(fleet.operator().rollout(view.id()).fleet()).isEqualTo(3);
    assertThat(fleet.operator().rollout(view.id()).fit()).isEqualTo(view.fit());
  }

  @Test
  void aFleetThatSaysNothingHoldsARolloutUnlessItIsToldToWarn() {
    Device mute = fleet.device("mute", Map.of());
    fleet.release("needy@1.0.0", NEEDS_5_2);
    Refusal.Problem problem =
        refused(
            Code.INCOMPATIBLE,
            () -> fleet.operator().startRollout(spec("a", "needy@1.0.0", "incompatible: skip")));
    assertThat(problem.title())
        .isEqualTo(
            "1 of 1 devices do not say whether they can run this: 1 hailort unknown, needs"
                + " >=5.2.0 (mute)");
    assertThat(problem.fix()).contains("unknownFacts: warn");

    RolloutView view =
        fleet.operator().startRollout(spec("a", "needy@1.0.0", "unknownFacts: warn"));
    assertThat(view.fit().unknown()).isEqualTo(1);
    assertThat(Device.order(mute.poll(20).orElseThrow()).unknownFacts())
        .isEqualTo(UnknownFacts.WARN);
  }

  @Test
  void aWordThatIsNoRuleIsRefusedWithItsLine() {
    Node yaml = yaml("a", "needy@1.0.0", Fleet.ALL, "incompatible: skipp");
    Refusal.Problem problem = refused(Code.BAD_INPUT, () -> Wire.ROLLOUT_SPEC.read(yaml));
    assertThat(problem.where()).contains("rollout.yaml:").contains("incompatible");
  }

  private static DeviceFacts hailort(String version) {
    return new DeviceFacts(
        "", "", "", "", new DataSize(0), List.of(), Map.of("hailort", Version.parse(version)), "");
  }

  private static RolloutSpec spec(String name, String release, String rule) {
    return Wire.ROLLOUT_SPEC.read(yaml(name, release, Fleet.ALL, rule));
  }

  private static Node yaml(String name, String release, String stages, String rule) {
    RolloutSpec usual = Fleet.spec(name, release, stages);
    String json = new String(Wire.ROLLOUT_SPEC.bytes(usual), StandardCharsets.UTF_8);
    String said = rule.isEmpty() ? "" : ", " + rule;
    return Yaml.parse(json.substring(0, json.length() - 1) + said + "}", "rollout.yaml");
  }

  private void complete(RolloutSpec spec, Device... devices) {
    RolloutView view = fleet.operator().startRollout(spec);
    await(view.id(), r -> r.devicesTouched() == devices.length);
    for (Device device : devices) device.obey(device.poll(20).orElseThrow());
    await(view.id(), r -> r.phase() == Phase.COMPLETED);
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

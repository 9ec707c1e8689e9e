package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CohortTest {
  private static Rollout planned(int fleet, RolloutSpec.Extent... extents) {
    var stages = new ArrayList<RolloutSpec.Stage>();
    for (var extent : extents) stages.add(Specs.stage("s" + stages.size(), extent));
    return Specs.plan(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), fleet);
  }

  private static List<DeviceId> order(List<Candidate> fleet, long seed) {
    var stages = List.of(Specs.stage("all", new Percent(100)));
    return Draw.of(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), fleet, seed, 0).fleet();
  }

  @Test
  void fivePercentLieWithinTenWithinThirty() {
    ForAll.cases(
        50,
        random -> {
          int fleet = 1 + random.nextInt(300);
          Rollout r =
              planned(fleet, new Percent(5), new Percent(10), new Percent(30), new Percent(100));
          for (int stage = 1; stage < 4; stage++) {
            assertThat(Cohort.of(r, stage)).containsAll(Cohort.of(r, stage - 1));
          }
          assertThat(Cohort.of(r, 0)).hasSize((int) Math.ceil(fleet * 0.05 - 1e-9));
          assertThat(new HashSet<>(Cohort.of(r, 3))).isEqualTo(Specs.ids(fleet));
        });
  }

  @Test
  void theSameSeedGivesTheSameOrderWhateverTheFleetsOwn() {
    ForAll.cases(
        50,
        random -> {
          var devices = new ArrayList<>(Specs.fleet(40));
          long seed = random.nextLong();
          var once = order(devices, seed);
          Collections.shuffle(devices, random);
          assertThat(order(devices, seed)).isEqualTo(once);
        });
  }

  @Test
  void twoDevicesKeepTheirOrderWhenOthersJoin() {
    var small = order(Specs.fleet(20), 7);
    var large = order(Specs.fleet(60), 7);
    assertThat(large.stream().filter(small::contains)).containsExactlyElementsOf(small);
  }

  @Test
  void anotherSeedGivesOtherCanaries() {
    assertThat(order(Specs.fleet(40), 1).subList(0, 10))
        .isNotEqualTo(order(Specs.fleet(40), 2).subList(0, 10));
  }

  // Computed with: printf cam-0 | openssl dgst -sha256 -mac hmac -macopt
  // hexkey:0000000000000007
  @Test
  void theOrderIsThatOfTheHmac() {
    assertThat(order(Specs.fleet(6), 7))
        .extracting(DeviceId::value)
        .containsExactly("cam-4", "cam-3", "cam-1", "cam-2", "cam-5", "cam-0");
  }

  @Test
  void aStageIsNeverSmallerThanTheOneBefore() {
    Rollout r = planned(20, new Count(5), new Percent(10), new Percent(100));
    assertThat(Cohort.of(r, 0)).hasSize(5);
    assertThat(Cohort.of(r, 1)).hasSize(5);
    assertThat(Cohort.of(r, 2)).hasSize(20);
  }

  @Test
  void eightyPercentOfFiveDevicesAreFour() {
    Rollout r = planned(5, new Percent(100));
    assertThat(Cohort.quorum(r, 5)).isEqualTo(4);
    assertThat(Cohort.quorum(r, 2)).isEqualTo(2);
    assertThat(Cohort.quorum(r, 1)).isEqualTo(1);
    assertThat(Cohort.quorum(r, 0)).isEqualTo(1);
  }

  private static void assertRefused(Code code, String about, Runnable planning) {
    assertThatThrownBy(planning::run)
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code))
        .hasMessageContaining(about);
  }

  @Test
  void anEmptyFleetIsRefused() {
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    assertRefused(
        Code.BAD_SPEC,
        "no device",
        () -> Engine.plan("r1", spec, Specs.NEW, Optional.empty(), List.of(), 7, 0, Specs.T0));
  }

  @Test
  void aLastStageThatLeavesDevicesOutIsRefused() {
    assertRefused(Code.BAD_SPEC, "all 6 devices", () -> planned(6, new Count(2), new Percent(50)));
  }

  @Test
  void twoGatesThatSetTheSameLimitAreRefused() {
    Gate looser = new Gate.Errors(Optional.of(0.1), Optional.empty(), 0.01);
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT, looser);
    assertRefused(Code.BAD_SPEC, "errors:limit", () -> Specs.plan(spec, 6));
  }

  @Test
  void oneMetricMayHaveItsLimitAndItsRatioInTwoGates() {
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT, Specs.ERRORS_RATIO);
    assertThat(Limit.of(Specs.plan(spec, 6).spec()))
        .extracting(Limit::key)
        .containsExactly("errors:limit", "errors:ratio");
  }

  @Test
  void anIdThatLeavesNoRoomForCommandIdsIsRefused() {
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    for (String id : List.of("", "r".repeat(97))) {
      assertRefused(
          Code.BAD_INPUT,
          "1 to 96",
          () -> Engine.plan(id, spec, Specs.NEW, Optional.empty(), Specs.fleet(2), 7, 0, Specs.T0));
    }
  }

  @Test
  void aPlanCommandsNothingAndRemembersWhereEvidenceBegins() {
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    Rollout r =
        Engine.plan(
            "r1", spec, Specs.NEW, Optional.of(Specs.PREVIOUS), Specs.fleet(6), 7, 41, Specs.T0);
    assertThat(r.members()).isEmpty();
    assertThat(r.phase()).isEqualTo(Phase.RUNNING);
    assertThat(r.evidenceUpTo()).isEqualTo(41);
    assertThat(Engine.awaiting(r)).isEqualTo(r.fleet().subList(0, 2));
    assertThat(Duration.between(r.stageSince(), Specs.T0)).isZero();
  }
}

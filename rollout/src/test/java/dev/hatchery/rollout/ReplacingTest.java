package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Extent;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.Sampling;
import dev.hatchery.core.Selector;
import dev.hatchery.core.Sleeping;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Devices that stand in for others that sleep. T0 is noon. */
final class ReplacingTest {
  private static final Duty ASLEEP = duty("18:00-06:00");
  private static final Duty AWAKE = duty("06:00-18:00");

  private static Duty duty(String awake) {
    return new Duty(DailyWindow.parse(awake), ZoneOffset.UTC);
  }

  private static List<Stage> stages(Extent... extents) {
    return IntStream.range(0, extents.length)
        .mapToObj(i -> Specs.stage("s" + i, extents[i]))
        .toList();
  }

  private static Scene scene(Sleeping sleeping, List<Candidate> fleet, Extent... extents) {
    var spec =
        Specs.sampled(
                new Sampling(OptionalLong.of(7), Optional.empty(), Optional.empty()),
                stages(extents),
                Specs.TIMING,
                Specs.ERRORS_LIMIT)
            .with(s -> s.sleeping(sleeping));
    return new Scene(
        Engine.plan("r1", spec, Specs.NEW, Optional.of(Specs.PREVIOUS), fleet, 7, 0, Specs.T0));
  }

  private static Scene six() {
    return scene(Sleeping.REPLACE, Specs.fleet(6), new Count(2), new Count(3), new Percent(100));
  }

  /** So many devices at each of these sites. */
  private static List<Candidate> town(int devices, String... sites) {
    List<Candidate> fleet = new ArrayList<>();
    for (String site : sites) {
      for (int n = 0; n < devices; n++) fleet.add(Town.device(site + "-" + n, "site=" + site));
    }
    return fleet;
  }

  @Test
  void theNextThatIsAwakeComesInTheSleepersPlace() {
    Scene scene = six();
    List<DeviceId> drawn = scene.rollout.fleet();
    scene.duties.put(scene.device(0), ASLEEP);
    scene.duties.put(scene.device(2), ASLEEP);
    scene.duties.put(scene.device(3), AWAKE);
    Decision swap = scene.decide();
    assertThat(swap.commands()).as("its past is still to come").isEmpty();
    assertThat(swap.notable()).isTrue();
    assertThat(swap.summary())
        .isEqualTo(
            drawn.get(0) + " sleeps until 18:00 Z: " + drawn.get(3) + " in its place in stage s0");
    assertThat(scene.rollout.fleet())
        .containsExactly(
            drawn.get(3), drawn.get(1), drawn.get(2), drawn.get(0), drawn.get(4), drawn.get(5));
    assertThat(Engine.awaiting(scene.rollout)).containsExactly(drawn.get(3), drawn.get(1));
    scene.decide();
    assertThat(scene.rollout.members()).containsOnlyKeys(drawn.get(3), drawn.get(1));
    assertThat(scene.rollout.cohorts().replaced())
        .extracting(Replacement::sleeper, Replacement::instead)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(drawn.get(0), drawn.get(3)));
  }

  @Test
  void byDefaultItsStageWaitsForIt() {
    Scene scene = scene(Sleeping.HOLD, Specs.fleet(6), new Count(2), new Percent(100));
    List<DeviceId> drawn = scene.rollout.fleet();
    scene.duties.put(scene.device(0), ASLEEP);
    Decision decision = scene.decide();
    assertThat(scene.rollout.fleet()).isEqualTo(drawn);
    assertThat(scene.rollout.members()).containsKeys(drawn.get(0));
    assertThat(decision.summary()).doesNotContain("sleeps");
    assertThat(Engine.sleepers(scene.rollout)).isEqualTo(Engine.awaiting(scene.rollout));
  }

  @Test
  void onlyOneOfItsKindStandsIn() {
    Scene scene =
        scene(Sleeping.REPLACE, town(5, "oslo", "bergen"), new Count(2), new Percent(100));
    DeviceId sleeper = scene.device(0);
    String site = sleeper.value().substring(0, sleeper.value().indexOf('-'));
    scene.duties.put(sleeper, ASLEEP);
    Decision swap = scene.decide();
    assertThat(scene.device(0).value()).startsWith(site).isNotEqualTo(sleeper.value());
    assertThat(swap.summary()).contains("(site=" + site + ")");
    assertThat(scene.rollout.cohorts().coverage().orElseThrow().strata())
        .allMatch(Coverage.Stratum::covered);
  }

  @Test
  void whereNobodyOfItsKindIsAwakeItIsWaitedFor() {
    Scene scene =
        scene(Sleeping.REPLACE, town(3, "oslo", "bergen"), new Count(2), new Percent(100));
    List<DeviceId> drawn = scene.rollout.fleet();
    String site = drawn.getFirst().value().substring(0, 4);
    drawn.stream()
        .filter(d -> d.value().startsWith(site))
        .forEach(d -> scene.duties.put(d, ASLEEP));
    Decision decision = scene.decide();
    assertThat(scene.rollout.fleet()).isEqualTo(drawn);
    assertThat(scene.rollout.members()).containsOnlyKeys(drawn.get(0), drawn.get(1));
    assertThat(decision.summary())
        .endsWith(
            "nobody like them is awake and free to stand in: "
                + drawn.getFirst()
                + " sleeps until 18:00 Z");
  }

  @Test
  void whoIsHeldPinnedOrInAnInterlockStandsInForNobody() {
    Scene scene = six();
    List<DeviceId> drawn = scene.rollout.fleet();
    scene.duties.put(drawn.get(0), ASLEEP);
    scene.restraints =
        new Restraints(
            Optional.empty(),
            Map.of(drawn.get(2), "is held"),
            Map.of(drawn.get(3), "is pinned"),
            new Interlock(Map.of(drawn.get(4), "has changed"), Map.of()));
    scene.decide();
    assertThat(scene.device(0)).isEqualTo(drawn.get(5));
  }

  @Test
  void aSleeperThatIsHeldIsWaitedForAsAnyOther() {
    Scene scene = six();
    List<DeviceId> drawn = scene.rollout.fleet();
    scene.duties.put(drawn.get(0), ASLEEP);
    scene.restraints = new Restraints(Optional.empty(), Map.of(drawn.get(0), "is held"));
    scene.decide();
    assertThat(scene.rollout.fleet()).isEqualTo(drawn);
    assertThat(scene.rollout.members()).containsOnlyKeys(drawn.get(1));
  }

  @Test
  void whoWasOrderedStaysThoughItSleepsLater() {
    Scene scene = six();
    List<DeviceId> drawn = scene.rollout.fleet();
    scene.duties.put(drawn.get(0), duty("06:00-12:01"));
    scene.decide();
    scene.after(Duration.ofMinutes(5)).hear(scene.proof(1)).decide();
    assertThat(scene.rollout.fleet()).isEqualTo(drawn);
  }

  @Test
  void aStageOfTenGoesByThoseThatAreAwake() {
    Scene nine =
        scene(Sleeping.REPLACE, Specs.fleet(30), new Count(Quorum.LARGE - 1), new Percent(100));
    DeviceId first = nine.device(0);
    nine.duties.put(first, ASLEEP);
    nine.decide();
    assertThat(nine.device(0)).isNotEqualTo(first);
    Scene ten = scene(Sleeping.REPLACE, Specs.fleet(30), new Count(Quorum.LARGE), new Percent(100));
    ten.duties.put(first, ASLEEP);
    assertThat(ten.device(0)).isEqualTo(first);
    assertThat(ten.decide().commands()).hasSize(Quorum.LARGE);
    assertThat(ten.device(0)).isEqualTo(first);
  }

  @Test
  void aStageBySelectorHasWhatItTakes() {
    var lab = new Taken(Selector.parse("site=oslo"));
    Scene scene =
        scene(
            Sleeping.REPLACE,
            town(3, "oslo", "bergen"),
            new Count(1),
            lab,
            new Count(5),
            new Percent(100));
    // Only those up to the stage by selector may come before it.
    List<DeviceId> drawn = scene.rollout.fleet();
    scene.duties.put(drawn.get(0), ASLEEP);
    assertThat(Engine.sleepers(scene.rollout))
        .isSubsetOf(drawn.subList(0, scene.rollout.cohorts().sizes().get(1)));
    Scene chosen = scene(Sleeping.REPLACE, town(3, "oslo", "bergen"), lab, new Percent(100));
    List<DeviceId> taken = chosen.rollout.fleet();
    chosen.duties.put(taken.get(0), ASLEEP);
    chosen.decide();
    assertThat(chosen.rollout.fleet()).isEqualTo(taken);
    assertThat(chosen.rollout.members()).containsKey(taken.get(0));
  }

  @Test
  void nobodyComesOutOfTheControl() {
    var spec =
        Specs.compared(
            Specs.spec(
                stages(new Count(2), new Count(12), new Percent(100)),
                Specs.TIMING,
                Specs.ERRORS_LIMIT),
            Specs.control(10));
    Scene scene = new Scene(Specs.plan(spec.with(s -> s.sleeping(Sleeping.REPLACE)), 24));
    assertThat(Engine.sleepers(scene.rollout))
        .hasSize(14)
        .doesNotContainAnyElementsOf(scene.rollout.cohorts().control());
  }

  @Test
  void aLateJoinerIsOfNoKind() {
    Scene scene = six();
    scene.rollout = Engine.join(scene.rollout, List.of(new DeviceId("new-1")), scene.now).next();
    assertThat(Engine.sleepers(scene.rollout)).hasSize(6).doesNotContain(new DeviceId("new-1"));
    List<DeviceId> all = scene.rollout.fleet();
    all.subList(0, 6).forEach(d -> scene.duties.put(d, ASLEEP));
    scene.decide();
    assertThat(scene.rollout.fleet()).isEqualTo(all);
  }

  @Test
  void theNextStagesStandInsAreAskedForWhenTheOneBeforeMayPass() {
    Scene scene = six();
    scene.decide();
    assertThat(Engine.sleepers(scene.rollout))
        .containsExactlyElementsOf(scene.rollout.fleet().subList(2, 6));
    DeviceId third = scene.device(2);
    scene.duties.put(third, ASLEEP);
    scene.after(Duration.ofSeconds(30)).soaked(2);
    assertThat(scene.rollout.stage()).isEqualTo(1);
    assertThat(scene.device(2)).isNotEqualTo(third);
  }

  @Test
  void theWorstAreReplacedByTheWorst() {
    var worst = new Sampling.WorstFirst("uplink", List.of("bad", "fair"));
    List<Candidate> fleet = new ArrayList<>();
    for (int n = 0; n < 4; n++) fleet.add(Town.device("b" + n, "uplink=bad"));
    for (int n = 0; n < 4; n++) fleet.add(Town.device("f" + n, "uplink=fair"));
    var spec =
        Specs.sampled(
                new Sampling(OptionalLong.of(7), Optional.empty(), Optional.of(worst)),
                stages(new Count(2), new Percent(100)),
                Specs.TIMING,
                Specs.ERRORS_LIMIT)
            .with(s -> s.sleeping(Sleeping.REPLACE));
    Rollout plan =
        Engine.plan("r1", spec, Specs.NEW, Optional.of(Specs.PREVIOUS), fleet, 7, 0, Specs.T0);
    assertThat(Engine.sleepers(plan)).hasSize(4).allMatch(d -> d.value().startsWith("b"));
  }

  @Test
  void noMoreThanALimitAreLookedAt() {
    int enough = Replacing.LOOKED_AT + 1;
    Scene scene = scene(Sleeping.REPLACE, Specs.fleet(enough + 5), new Count(1), new Percent(100));
    assertThat(Engine.sleepers(scene.rollout)).hasSize(enough);
    List<DeviceId> drawn = scene.rollout.fleet();
    drawn.subList(0, enough).forEach(d -> scene.duties.put(d, ASLEEP));
    scene.decide();
    assertThat(scene.rollout.fleet()).isEqualTo(drawn);
  }

  @Test
  void itIsToldOnWhichDayItWakes() {
    var weekdays = new Duty(DailyWindow.parse("Mon-Fri 06:00-18:00"), ZoneId.of("Europe/Oslo"));
    assertThat(weekdays.wakes(java.time.Instant.parse("2026-03-01T12:00:00Z")))
        .isEqualTo("06:00 Europe/Oslo");
    assertThat(weekdays.wakes(java.time.Instant.parse("2026-02-28T12:00:00Z")))
        .isEqualTo("Mon 06:00 Europe/Oslo");
  }

  /** Everything that is promised of any swap, on fleets and duties of all kinds. */
  @Test
  void cohortsStayNestedOfTheSameSizesAndKinds() {
    ForAll.cases(
        150,
        random -> {
          List<Candidate> fleet = Town.random(random, 20 + random.nextInt(60));
          Scene scene = randomScene(random, fleet);
          Cohorts before = scene.rollout.cohorts();
          Map<DeviceId, String> sites = new HashMap<>();
          fleet.forEach(c -> sites.put(c.id(), c.labels().get("site").orElse("")));
          for (Candidate c : fleet) {
            if (random.nextBoolean())
              scene.duties.put(c.id(), random.nextInt(3) == 0 ? AWAKE : ASLEEP);
          }
          Scene again = new Scene(scene.rollout);
          again.duties.putAll(scene.duties);
          Decision swap = scene.decide();
          assertThat(again.decide()).as("the same again").isEqualTo(swap);
          check(scene, before);
          scene.decide();
          check(scene, before);
          assertThat(scene.rollout.members().keySet())
              .isEqualTo(new HashSet<>(Cohort.of(scene.rollout, 0)));
          for (Replacement r : scene.rollout.cohorts().replaced()) {
            if (r.like().contains("site=")) {
              assertThat(sites.get(r.sleeper())).isEqualTo(sites.get(r.instead()));
            }
          }
        });
  }

  private static Scene randomScene(Random random, List<Candidate> fleet) {
    return scene(
        Sleeping.REPLACE,
        fleet,
        new Count(1 + random.nextInt(12)),
        new Percent(40),
        new Percent(70),
        new Percent(100));
  }

  private static void check(Scene scene, Cohorts before) {
    Cohorts now = scene.rollout.cohorts();
    assertThat(now.sizes()).isEqualTo(before.sizes());
    assertThat(now.fleet()).containsExactlyInAnyOrderElementsOf(before.fleet());
    assertThat(now.likeness()).isEqualTo(before.likeness());
    for (int stage = 1; stage < now.sizes().size(); stage++) {
      assertThat(now.of(stage)).containsAll(now.of(stage - 1));
    }
    Map<DeviceId, Integer> kinds = new HashMap<>();
    for (int i = 0; i < before.fleet().size(); i++) {
      kinds.put(before.fleet().get(i), before.likeness().places().get(i));
    }
    for (int i = 0; i < now.fleet().size(); i++) {
      assertThat(kinds.get(now.fleet().get(i))).isEqualTo(now.likeness().places().get(i));
    }
  }
}

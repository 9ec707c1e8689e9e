package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Extent;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.Sampling;
import dev.hatchery.core.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whom chance draws, and how far it may go. */
final class DrawTest {
  private static final Percent ALL = new Percent(100);

  private static Sampling by(String... strata) {
    return new Sampling(OptionalLong.empty(), Optional.of(List.of(strata)), Optional.empty());
  }

  private static Sampling worst(Sampling sampling, String... order) {
    var first = new Sampling.WorstFirst("network", List.of(order));
    return new Sampling(sampling.seed(), sampling.strata(), Optional.of(first));
  }

  private static RolloutSpec spec(Sampling sampling, Extent... extents) {
    var stages = new ArrayList<RolloutSpec.Stage>();
    for (Extent extent : extents) stages.add(Specs.stage("s" + stages.size(), extent));
    return Specs.sampled(sampling, stages, Specs.TIMING, Specs.ERRORS_LIMIT);
  }

  private static Rollout planned(List<Candidate> fleet, long seed, RolloutSpec spec) {
    return Engine.plan("r1", spec, Specs.NEW, Optional.empty(), fleet, seed, 0, Specs.T0);
  }

  private static Taken taken(String selector) {
    return new Taken(Selector.parse(selector));
  }

  private static Coverage coverage(Rollout rollout) {
    return rollout.cohorts().coverage().orElseThrow();
  }

  private static List<Candidate> fleet(int devices, Function<Integer, String> labels) {
    return IntStream.range(0, devices)
        .mapToObj(i -> Town.device("cam-" + i, labels.apply(i)))
        .toList();
  }

  private static Refusal refused(List<Candidate> fleet, RolloutSpec spec) {
    try {
      planned(fleet, 7, spec);
    } catch (Refusal refusal) {
      return refusal;
    }
    throw new AssertionError("was planned");
  }

  private static List<Extent> extents(Random random) {
    List<Extent> extents = new ArrayList<>();
    for (int n = random.nextInt(6); n > 0; n--) {
      extents.add(
          switch (random.nextInt(3)) {
            case 0 -> new Count(1 + random.nextInt(50));
            case 1 -> new Percent(1 + random.nextInt(100));
            default -> taken(random.nextBoolean() ? "network=lte" : "!site");
          });
    }
    extents.add(ALL);
    return extents;
  }

  // Large enough that both selectors take some.
  private static List<Candidate> town(Random random) {
    List<Candidate> fleet = new ArrayList<>(Town.random(random, 20 + random.nextInt(400)));
    fleet.add(Town.device("lte-1", "network=lte,site=s0"));
    fleet.add(Town.device("nowhere-1", "network=wifi"));
    return fleet;
  }

  @Test
  void eachStageContainsTheOneBeforeWhateverTheStagesAre() {
    ForAll.cases(
        200,
        random -> {
          List<Candidate> fleet = town(random);
          List<Extent> extents = extents(random);
          Rollout r =
              planned(
                  fleet, random.nextLong(), spec(Sampling.DEFAULT, extents.toArray(Extent[]::new)));
          Set<DeviceId> before = Set.of();
          for (int s = 0; s < extents.size(); s++) {
            Set<DeviceId> now = new HashSet<>(Cohort.of(r, s));
            assertThat(now).hasSameSizeAs(Cohort.of(r, s)).containsAll(before);
            requireExtent(extents.get(s), fleet, before, now);
            before = now;
          }
          assertThat(before).hasSize(fleet.size());
        });
  }

  private static void requireExtent(
      Extent extent, List<Candidate> fleet, Set<DeviceId> before, Set<DeviceId> now) {
    switch (extent) {
      case Count count -> assertThat(now).hasSize(Math.max(before.size(), count.of(fleet.size())));
      case Percent percent ->
          assertThat(now).hasSize(Math.max(before.size(), percent.of(fleet.size())));
      case Taken taken -> {
        Set<DeviceId> expected = new HashSet<>(before);
        fleet.stream()
            .filter(d -> taken.selector().matches(d.labels()))
            .forEach(d -> expected.add(d.id()));
        assertThat(now).isEqualTo(expected);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameCohortsInWhateverOrderTheFleetCame() {
    ForAll.cases(
        50,
        random -> {
          List<Candidate> fleet = new ArrayList<>(town(random));
          long seed = random.nextLong();
          var spec = spec(worst(Sampling.DEFAULT, "satellite", "lte"), new Count(9), ALL);
          Cohorts once = planned(fleet, seed, spec).cohorts();
          Collections.shuffle(fleet, random);
          assertThat(planned(fleet, seed, spec).cohorts()).isEqualTo(once);
        });
  }

  @Test
  void theSpecsOwnSeedOutranksTheServers() {
    List<Candidate> fleet = Specs.fleet(40);
    var seeded = new Sampling(OptionalLong.of(5), Optional.empty(), Optional.empty());
    Rollout own = planned(fleet, 7, spec(seeded, new Count(5), ALL));
    assertThat(own.cohorts().seed()).hasValue(5);
    assertThat(own.fleet()).isEqualTo(planned(fleet, 5, spec(by(), new Count(5), ALL)).fleet());
    assertThat(planned(fleet, 7, spec(by(), ALL)).cohorts().seed()).hasValue(7);
  }

  @Test
  void everyStratumThatHoldsATwentiethOfTheFleetHasACanary() {
    ForAll.cases(
        100,
        random -> {
          List<Candidate> fleet = town(random);
          var dimensions = List.of("site", "network", "power");
          Rollout r =
              planned(
                  fleet,
                  random.nextLong(),
                  spec(by("site", "network", "power"), new Count(61), ALL));
          Set<DeviceId> canaries = new HashSet<>(Cohort.of(r, 0));
          for (String dimension : dimensions) {
            Map<String, List<Candidate>> byValue =
                fleet.stream()
                    .collect(
                        Collectors.groupingBy(d -> d.labels().get(dimension).orElse("(none)")));
            byValue.forEach(
                (value, devices) -> {
                  if (devices.size() * 20 < fleet.size()) return;
                  assertThat(devices).anyMatch(d -> canaries.contains(d.id()));
                });
          }
          assertThat(coverage(r).strata()).allMatch(Coverage.Stratum::covered);
        });
  }

  @Test
  void theCoverageSaysHowManyOfEachStratumAreCanaries() {
    List<Candidate> fleet =
        fleet(40, i -> i == 0 ? "site=hut" : i < 20 ? "site=oslo" : i < 30 ? "site=bergen" : "");
    Coverage coverage = coverage(planned(fleet, 7, spec(by("site"), new Count(3), ALL)));
    assertThat(coverage.stage().value()).isEqualTo("s0");
    assertThat(coverage.strata())
        .extracting(Coverage.Stratum::toString)
        .containsExactly("site=(none)", "site=bergen", "site=oslo");
    assertThat(coverage.strata()).extracting(Coverage.Stratum::devices).containsExactly(10, 10, 19);
    assertThat(coverage.strata()).extracting(Coverage.Stratum::sampled).containsExactly(1, 1, 1);
    assertThat(coverage(planned(fleet, 7, spec(by("site"), ALL))).strata())
        .extracting(Coverage.Stratum::sampled)
        .containsExactly(10, 10, 19);
  }

  @Test
  void aTwentiethIsAStratumAndLessIsNone() {
    List<Candidate> fleet =
        fleet(200, i -> i < 10 ? "site=small" : i < 19 ? "site=tiny" : "site=large");
    assertThat(coverage(planned(fleet, 7, spec(by("site"), new Count(2), ALL))).strata())
        .extracting(Coverage.Stratum::value)
        .containsExactly("large", "small");
  }

  @Test
  void aStageThatIsTooSmallForTheNamedStrataIsRefusedWithWhatItNeeds() {
    List<Candidate> fleet =
        fleet(60, i -> "site=s" + i % 5 + ",network=" + Town.NETWORKS.get(i % 2));
    Refusal refusal = refused(fleet, spec(by("network", "site"), new Count(4), ALL));
    assertThat(refusal.code()).isEqualTo(Code.BAD_SPEC);
    assertThat(refusal)
        .hasMessageContaining("inspection-1.1.0, stage s0")
        .hasMessageContaining("5 devices or more: site has 5 strata, network has 2 strata, got 4")
        .hasMessageContaining("count: 5");
    assertThat(coverage(planned(fleet, 7, spec(by("network", "site"), new Count(5), ALL))).strata())
        .hasSize(7)
        .allMatch(Coverage.Stratum::covered);
  }

  @Test
  void theUsualDimensionsAreCoveredAsFarAsTheStageGoes() {
    List<Candidate> fleet =
        fleet(60, i -> "site=s" + i % 5 + ",network=" + Town.NETWORKS.get(i % 2));
    Rollout r = planned(fleet, 7, spec(Sampling.DEFAULT, new Count(3), new Count(5), ALL));
    assertThat(coverage(r).strata()).filteredOn(s -> !s.covered()).hasSize(2);
    Set<String> sites =
        Cohort.of(r, 1).stream()
            .map(id -> "s" + Integer.parseInt(id.value().substring(4)) % 5)
            .collect(Collectors.toSet());
    assertThat(sites).as("the next stage goes on with the cover").hasSize(5);
  }

  @Test
  void withoutStrataChanceAloneDecides() {
    List<Candidate> labelled = Town.random(new Random(1), 60);
    List<Candidate> bare = labelled.stream().map(d -> Town.device(d.id().value(), "")).toList();
    Rollout r = planned(labelled, 7, spec(by(), new Count(5), ALL));
    assertThat(r.fleet()).isEqualTo(planned(bare, 7, spec(by(), new Count(5), ALL)).fleet());
    assertThat(coverage(r).strata()).isEmpty();
  }

  @Test
  void factsAreDimensionsAndTheStackIsTheChipWithAllVersions() {
    List<Candidate> fleet = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      fleet.add(Town.device("cam-" + i, "Pi 5", "HAILO10H", i < 3 ? "5.1.1" : "5.2.0"));
    }
    assertThat(coverage(planned(fleet, 7, spec(Sampling.DEFAULT, new Count(2), ALL))).strata())
        .extracting(s -> s + " " + s.sampled())
        .containsExactly(
            "board=Pi 5 2",
            "accelerator=HAILO10H, hailort 5.1.1 1",
            "accelerator=HAILO10H, hailort 5.2.0 1");
  }

  @Test
  void aLabelOutranksTheFactOfItsName() {
    Candidate device = Town.device("a", "Pi 5", "HAILO10H", "5.1.1");
    var labels = new Labels(Map.of("board", "spare"));
    assertThat(new Dimension("board").of(new Candidate(device.id(), labels, device.facts())))
        .isEqualTo("spare");
    assertThat(new Dimension("board").of(device)).isEqualTo("Pi 5");
    assertThat(new Dimension("usage").of(device)).isEqualTo("(none)");
  }

  @Test
  void everyPrefixHasOfEachKindItsShareOneMoreOrLess() {
    ForAll.cases(
        30,
        random -> {
          List<Candidate> fleet = town(random);
          if (fleet.size() < 100) return;
          Rollout r =
              planned(fleet, random.nextLong(), spec(by("network", "power"), new Percent(30), ALL));
          List<DeviceId> part = Cohort.of(r, 0);
          Set<DeviceId> in = new HashSet<>(part);
          Map<List<String>, List<Candidate>> byKind =
              fleet.stream()
                  .collect(
                      Collectors.groupingBy(
                          d ->
                              List.of(
                                  d.labels().get("network").orElse(""),
                                  d.labels().get("power").orElse(""))));
          byKind.forEach(
              (kind, devices) -> {
                long have = devices.stream().filter(d -> in.contains(d.id())).count();
                // One for the rounding, one for what the cover took before its turn.
                assertThat((double) have).isCloseTo(devices.size() * 0.3, within(2.0));
              });
        });
  }

  @Test
  void aKindOfOneDeviceComesEarlyOrLateByChance() {
    int early = 0;
    List<Candidate> fleet =
        new ArrayList<>(
            fleet(100, i -> i % 2 == 0 ? "network=wifi,power=mains" : "network=lte,power=solar"));
    fleet.add(Town.device("odd", "network=wifi,power=solar"));
    for (int seed = 0; seed < 400; seed++) {
      var order = planned(fleet, seed, spec(by("network", "power"), new Count(2), ALL)).fleet();
      if (order.subList(0, 50).contains(new DeviceId("odd"))) early++;
    }
    assertThat(early / 400.0).isCloseTo(0.5, within(0.12));
  }

  @Test
  void aDeviceThatIsOfNoStratumMovesNoOther() {
    ForAll.cases(
        50,
        random -> {
          List<Candidate> fleet = new ArrayList<>(fleet(97, i -> "site=s" + i % 4));
          long seed = random.nextLong();
          var spec = spec(by("site"), new Count(6), ALL);
          List<DeviceId> before = planned(fleet, seed, spec).fleet();
          Candidate odd = Town.device("odd-" + random.nextInt(1000), "site=hut");
          fleet.add(random.nextInt(fleet.size()), odd);
          List<DeviceId> after = new ArrayList<>(planned(fleet, seed, spec).fleet());
          assertThat(after.remove(odd.id())).isTrue();
          assertThat(after).isEqualTo(before);
        });
  }

  @Test
  void theWorstNetworksComeFirstWhenAskedFor() {
    List<Candidate> fleet =
        fleet(80, i -> "site=s" + i % 2 + ",network=" + Town.NETWORKS.get(i % 4));
    var asked = worst(by("site"), "satellite", "lte");
    Rollout r = planned(fleet, 7, spec(asked, new Count(30), new Percent(50), ALL));
    Map<String, Long> canaries =
        Cohort.of(r, 0).stream()
            .collect(Collectors.groupingBy(id -> network(id), Collectors.counting()));
    // One of each site first: satellite ends with odd numbers, so s0 gives another network.
    assertThat(canaries.get("satellite")).isEqualTo(20);
    assertThat(canaries.get("lte")).isEqualTo(10);
    assertThat(coverage(r).strata()).allMatch(Coverage.Stratum::covered);
    Rollout usual = planned(fleet, 7, spec(by("site"), new Count(30), new Percent(50), ALL));
    assertThat(usual.fleet()).isNotEqualTo(r.fleet());
  }

  private static String network(DeviceId id) {
    return Town.NETWORKS.get(Integer.parseInt(id.value().substring(4)) % 4);
  }

  @Test
  void laterStagesRoundUpTheWorst() {
    // 4 kinds of 10 devices each: a stage of 6 has one of each, and one more of two of them.
    for (int seed = 0; seed < 20; seed++) {
      List<Candidate> fleet = fleet(40, i -> "network=" + Town.NETWORKS.get(i % 4));
      var asked = worst(by("network"), "satellite", "lte");
      Rollout r = planned(fleet, seed, spec(asked, new Count(4), new Count(6), ALL));
      assertThat(Cohort.of(r, 1).subList(4, 6))
          .extracting(DrawTest::network)
          .containsExactly("satellite", "lte");
    }
  }

  @Test
  void whereOneTryFindsTooLargeACoverAnotherFindsTheSmallest() {
    for (int devices = 6; devices <= 18; devices++) {
      // Sites and networks cross, so that two greedy steps may leave no third that ends it.
      List<Candidate> fleet =
          fleet(devices, i -> "site=s" + i % 3 + ",network=" + Town.NETWORKS.get(i / 2 % 3));
      for (int seed = 0; seed < 50; seed++) {
        Rollout r = planned(fleet, seed, spec(by("site", "network"), new Count(3), ALL));
        assertThat(coverage(r).strata()).hasSize(6).allMatch(Coverage.Stratum::covered);
      }
    }
  }

  @Test
  void aMisspeltDimensionIsRefusedWithTheNearestWord() {
    List<Candidate> fleet = fleet(6, i -> "zone=north,camera=c" + i);
    assertThat(refused(fleet, spec(by("camrea"), new Count(2), ALL)))
        .hasMessageContaining("BAD_SPEC no device has this label")
        .hasMessageContaining("did you mean camera?");
    assertThat(refused(fleet, spec(by("site", "netwrok"), new Count(2), ALL)))
        .hasMessageContaining("did you mean network?");
    var first = new Sampling.WorstFirst("powr", List.of("solar"));
    var asked = new Sampling(OptionalLong.empty(), Optional.empty(), Optional.of(first));
    assertThat(refused(fleet, spec(asked, new Count(2), ALL)))
        .hasMessageContaining("did you mean power?");
    // The usual ones may be named where nobody has them.
    assertThat(coverage(planned(fleet, 7, spec(by("usage"), new Count(2), ALL))).strata())
        .isEmpty();
  }

  @Test
  void aStageBySelectorTakesAllItSelectsAndTheCoverGoesOnFromThere() {
    List<Candidate> fleet = fleet(60, i -> (i < 3 ? "lab=yes," : "") + "site=s" + i % 5);
    Rollout r = planned(fleet, 7, spec(by("site"), taken("lab"), new Count(5), ALL));
    assertThat(new HashSet<>(Cohort.of(r, 0))).isEqualTo(Specs.ids(3));
    assertThat(coverage(r).stage().value()).isEqualTo("s1");
    assertThat(coverage(r).drawn()).isEqualTo(2);
    assertThat(coverage(r).from()).isEqualTo(57);
    assertThat(coverage(r).strata()).allMatch(Coverage.Stratum::covered);
    assertThatThrownBy(() -> planned(fleet, 7, spec(by("site"), taken("lab"), new Count(4), ALL)))
        .hasMessageContaining("5 devices or more");
  }

  @Test
  void aStageWhoseSelectorTakesNobodyIsRefused() {
    assertThat(refused(Specs.fleet(6), spec(by(), taken("lab"), ALL)))
        .hasMessageContaining("inspection-1.1.0, stage s0")
        .hasMessageContaining("takes no device");
  }

  @Test
  void stagesBySelectorsAloneMayMakeUpTheFleet() {
    List<Candidate> fleet = fleet(10, i -> i < 3 ? "lab=yes" : "shop=yes");
    Rollout r = planned(fleet, 7, spec(by(), taken("lab"), taken("shop")));
    assertThat(r.cohorts().sizes()).containsExactly(3, 10);
    assertThat(coverage(r).drawn()).isZero();
    assertThat(coverage(r).missed())
        .isEqualTo(
            "a selector chose these 3; how likely they miss a fault of other devices is not"
                + " known");
    assertThat(refused(fleet, spec(by(), taken("lab"))))
        .hasMessageContaining("the last stage leaves devices out");
  }

  @Test
  void fiveDevicesMissAFaultOnATenthMoreThanHalfOfTheTime() {
    var stage = Specs.stage("canary", new Count(5)).name();
    assertThat(new Coverage(stage, 5, 5, 100_000, List.of()).missed())
        .isEqualTo("these 5 miss a fault that hits a tenth of the devices 59% of the time");
    // Without replacement: 95 choose 5 over 100 choose 5 and so on, by hand.
    assertThat(new Coverage(stage, 5, 5, 30, List.of()).missChance())
        .isCloseTo(80_730.0 / 142_506, within(1e-9));
    assertThat(new Coverage(stage, 10, 10, 100_000, List.of()).missChance())
        .isCloseTo(0.35, within(0.005));
    assertThat(new Coverage(stage, 20, 20, 100_000, List.of()).missChance())
        .isCloseTo(0.12, within(0.005));
  }

  @Test
  void ofAFewDevicesATenthIsOne() {
    var stage = Specs.stage("canary", new Count(2)).name();
    assertThat(new Coverage(stage, 2, 2, 6, List.of()).missed())
        .isEqualTo("these 2 miss a fault that hits 1 of 6 devices 67% of the time");
    assertThat(new Coverage(stage, 1, 1, 6, List.of()).missed())
        .isEqualTo("this 1 misses a fault that hits 1 of 6 devices 83% of the time");
    assertThat(new Coverage(stage, 6, 6, 6, List.of()).missed())
        .isEqualTo("no fault is missed for want of a device: these 6 are all there are");
    assertThat(new Coverage(stage, 500, 500, 1000, List.of()).missed()).contains("less than 1%");
  }

  @Test
  @Tag("scale")
  void aHundredThousandDevicesArePlanned() {
    List<Candidate> fleet = Town.random(new Random(5), 100_000);
    RolloutSpec spec =
        spec(
            worst(by("site", "network", "power"), "satellite"),
            new Count(40),
            new Percent(10),
            new Percent(30),
            ALL);
    for (int seed = 3; seed < 6; seed++) planned(fleet, seed, spec);
    long start = System.nanoTime();
    Rollout r = planned(fleet, 2, spec);
    Simulated.figure("planning 100000 devices", Duration.ofNanos(System.nanoTime() - start));
    assertThat(r.fleet()).hasSize(100_000).doesNotHaveDuplicates();
  }

  @Test
  @Tag("scale")
  void aLargeFleetOfWhichNoTwoAreAlikeIsPlannedToo() {
    Random random = new Random(6);
    List<Candidate> fleet =
        fleet(
            100_000,
            i -> {
              List<String> labels = new ArrayList<>();
              for (char d = 'a'; d < 'i'; d++) labels.add(d + "=v" + random.nextInt(15));
              return String.join(",", labels);
            });
    RolloutSpec spec = spec(by("a", "b", "c", "d", "e", "f", "g", "h"), new Count(60), ALL);
    long start = System.nanoTime();
    Rollout r = planned(fleet, 2, spec);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Simulated.figure("planning 100000 devices of 15^8 kinds", took);
    assertThat(coverage(r).strata()).hasSize(120).allMatch(Coverage.Stratum::covered);
  }
}

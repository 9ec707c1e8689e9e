package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Control;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Taken;
import dev.hatchery.core.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who is held back as a control. */
final class ControlDrawTest {
  private static RolloutSpec spec(Control control, Stage... stages) {
    return Specs.compared(Specs.spec(List.of(stages), Specs.TIMING, Specs.ERRORS_LIMIT), control);
  }

  private static Stage[] usual() {
    return new Stage[] {
      Specs.stage("canary", new Count(5)),
      Specs.stage("third", new Percent(30)),
      Specs.stage("all", new Percent(100))
    };
  }

  private static Cohorts drawn(RolloutSpec spec, List<Candidate> fleet, long seed) {
    return Engine.plan("r1", spec, Specs.NEW, Optional.of(Specs.PREVIOUS), fleet, seed, 0, Specs.T0)
        .cohorts();
  }

  /** Seven in ten in oslo on lte, two in bergen on wifi, one in bergen on lte. */
  private static List<Candidate> sites(int n) {
    List<Candidate> fleet = new ArrayList<>();
    for (DeviceId id : Specs.ids(n)) {
      int i = fleet.size() % 10;
      String site = i < 7 ? "oslo" : "bergen";
      String network = i == 7 || i == 8 ? "wifi" : "lte";
      Labels labels = new Labels(Map.of("site", site, "network", network));
      fleet.add(new Candidate(id, labels, DeviceFacts.UNKNOWN));
    }
    return fleet;
  }

  @Test
  void noStageButTheLastHasADeviceOfTheControlAndEachContainsTheOneBefore() {
    ForAll.cases(
        200,
        random -> {
          int n = 12 + random.nextInt(200);
          int held = 3 + random.nextInt(4);
          var stages =
              new Stage[] {
                Specs.stage("a", new Count(1 + random.nextInt(4))),
                Specs.stage("b", new Percent(1 + random.nextInt(99))),
                Specs.stage("c", new Percent(50 + random.nextInt(50))),
                Specs.stage("d", new Percent(100))
              };
          Cohorts cohorts = drawn(spec(Specs.control(held), stages), sites(n), random.nextLong());
          assertThat(cohorts.control()).hasSize(held).doesNotHaveDuplicates();
          for (int stage = 0; stage < 3; stage++) {
            assertThat(cohorts.of(stage)).doesNotContainAnyElementsOf(cohorts.control());
            assertThat(new HashSet<>(cohorts.of(stage + 1))).containsAll(cohorts.of(stage));
          }
          assertThat(cohorts.of(3)).hasSize(n).doesNotHaveDuplicates();
          assertThat(cohorts.of(3)).containsAll(cohorts.control());
        });
  }

  @Test
  void theSameSeedHoldsTheSameDevicesBackInWhateverOrderTheyAreNamed() {
    RolloutSpec spec = spec(Specs.control(8), usual());
    List<Candidate> fleet = sites(100);
    Cohorts drawn = drawn(spec, fleet, 42);
    assertThat(drawn(spec, fleet.reversed(), 42)).isEqualTo(drawn);
    assertThat(drawn(spec, fleet, 43).control()).isNotEqualTo(drawn.control());
  }

  @Test
  void theControlIsOfTheSameKindsAsTheCanaries() {
    List<Candidate> fleet = sites(200);
    Map<DeviceId, Labels> labels =
        fleet.stream().collect(Collectors.toMap(Candidate::id, Candidate::labels));
    Function<DeviceId, String> kind =
        id -> of(labels, id, "site") + " " + of(labels, id, "network");
    for (long seed = 0; seed < 20; seed++) {
      Cohorts cohorts = drawn(spec(Specs.control(5), usual()), fleet, seed);
      assertThat(cohorts.control().stream().map(kind).sorted().toList())
          .isEqualTo(cohorts.of(0).stream().map(kind).sorted().toList());
    }
  }

  @Test
  void whereNoneOfAKindIsLeftTheMostAlikeStandsIn() {
    var strata =
        Strata.of(
            List.of(
                labelled("a", "oslo", "lte"),
                labelled("b", "oslo", "wifi"),
                labelled("c", "bergen", "wifi"),
                labelled("d", "bergen", "lte")),
            List.of("site", "network"));
    var others = new Counterparts(strata, List.of(2, 1));
    assertThat(others.of(List.of(0), 1)).containsExactly(1);
    assertThat(others.of(List.of(0), 5)).containsExactly(2);
    assertThat(others.of(List.of(0), 1)).isEmpty();
  }

  // Twice as many as canaries: each has two like it. Half as many: every other one has one.
  @Test
  void counterpartsAreSpreadEvenly() {
    List<Candidate> fleet = new ArrayList<>();
    for (int i = 0; i < 12; i++) fleet.add(labelled("d" + i, "s" + i % 4, "lte"));
    var strata = Strata.of(fleet, List.of("site"));
    List<Integer> rest = List.of(4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(new Counterparts(strata, rest).of(List.of(0, 1, 2, 3), 8))
        .containsExactly(4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(new Counterparts(strata, rest).of(List.of(0, 1, 2, 3), 2)).containsExactly(4, 6);
  }

  private static Candidate labelled(String id, String site, String network) {
    Labels labels = new Labels(Map.of("site", site, "network", network));
    return new Candidate(new DeviceId(id), labels, DeviceFacts.UNKNOWN);
  }

  @Test
  void aLaterStageIsSmallerRatherThanThatItTakesTheControl() {
    var stages =
        new Stage[] {
          Specs.stage("canary", new Count(3)),
          Specs.stage("most", new Percent(90)),
          Specs.stage("all", new Percent(100))
        };
    Cohorts cohorts = drawn(spec(Specs.control(3), stages), Specs.fleet(10), 1);
    assertThat(cohorts.sizes()).containsExactly(3, 7, 10);
  }

  @Test
  void whatASelectorTakesLaterIsNotHeldBack() {
    var stages =
        new Stage[] {
          Specs.stage("canary", new Count(5)),
          Specs.stage("bergen", new Taken(Selector.parse("site=bergen"))),
          Specs.stage("all", new Percent(100))
        };
    List<Candidate> fleet = sites(40);
    Cohorts cohorts = drawn(spec(Specs.control(9), stages), fleet, 3);
    Map<DeviceId, Labels> labels =
        fleet.stream().collect(Collectors.toMap(Candidate::id, Candidate::labels));
    assertThat(cohorts.control()).hasSize(9).allMatch(d -> is(labels, d, "oslo"));
    assertThat(cohorts.of(1)).filteredOn(d -> is(labels, d, "bergen")).hasSize(12);
  }

  private static boolean is(Map<DeviceId, Labels> labels, DeviceId device, String site) {
    return of(labels, device, "site").equals(site);
  }

  private static String of(Map<DeviceId, Labels> labels, DeviceId device, String label) {
    return Objects.requireNonNull(labels.get(device)).get(label).orElseThrow();
  }

  @Test
  void wherePeopleChooseAllStagesTheControlIsLikeTheFirst() {
    var stages =
        new Stage[] {
          Specs.stage("bergen", new Taken(Selector.parse("site=bergen"))),
          Specs.stage("all", new Percent(100))
        };
    Cohorts cohorts = drawn(spec(Specs.control(4), stages), sites(40), 3);
    assertThat(cohorts.sizes()).containsExactly(12, 40);
    assertThat(cohorts.control()).hasSize(4).doesNotContainAnyElementsOf(cohorts.of(0));
  }

  @Test
  void aShareOfALargeFleetHoldsBackAHundredAtMost() {
    var tenth =
        new Control(new Percent(10), List.of(), Control.DEFAULT_MARGINS, Control.DEFAULT_ALPHA);
    assertThat(drawn(spec(tenth, usual()), Specs.fleet(2000), 1).control()).hasSize(100);
    assertThat(drawn(spec(tenth, usual()), Specs.fleet(60), 1).control()).hasSize(6);
  }

  @Test
  void aFirstReleaseHoldsNobodyBack() {
    RolloutSpec spec = spec(Specs.control(5), usual());
    assertThat(Specs.firstRelease(spec, 40).cohorts().control()).isEmpty();
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    assertThatThrownBy(() -> drawn(spec(Specs.control(2), usual()), Specs.fleet(40), 1))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("3 devices or more of 40");
    assertThatThrownBy(() -> drawn(spec(Specs.control(5), usual()), Specs.fleet(9), 1))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("too few devices for the control");
    var small = new Stage[] {Specs.stage("one", new Count(2)), usual()[1], usual()[2]};
    assertThatThrownBy(() -> drawn(spec(Specs.control(5, "one"), small), Specs.fleet(40), 1))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("stage one");
    assertThat(drawn(spec(Specs.control(5), small), Specs.fleet(40), 1).control()).hasSize(5);
    var two = new Stage[] {Specs.stage("one", new Count(2)), usual()[2]};
    assertThatThrownBy(() -> drawn(spec(Specs.control(5), two), Specs.fleet(40), 1))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("too small to be compared");
    assertThatThrownBy(() -> spec(Specs.control(5), usual()[2]))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("two stages or more");
    assertThatThrownBy(() -> spec(Specs.control(5, "thrid"), usual()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("did you mean third?");
    assertThatThrownBy(() -> spec(Specs.control(5, "all"), usual())).isInstanceOf(Refusal.class);
  }
}

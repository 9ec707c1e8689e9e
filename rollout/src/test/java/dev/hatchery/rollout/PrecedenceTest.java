package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Priority;
import dev.hatchery.core.RolloutSpec.Percent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who goes first of rollouts that want the same devices. */
final class PrecedenceTest {
  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  private static Rollout planned(String id, Priority priority, int second) {
    var spec =
        Specs.spec(List.of(Specs.stage("all", new Percent(100))), Specs.TIMING, Specs.ERRORS_LIMIT)
            .with(s -> s.priority(priority));
    Instant at = Specs.T0.plusSeconds(second);
    return Engine.plan(id, spec, Specs.NEW, Optional.of(Specs.PREVIOUS), Specs.fleet(2), 7, 0, at);
  }

  private static Rollout begun(Rollout rollout) {
    return new Scene(rollout).decide().next();
  }

  private static List<String> order(Rollout... rollouts) {
    List<Rollout> all = new ArrayList<>(List.of(rollouts));
    Collections.reverse(all);
    return all.stream().sorted(Precedence.ORDER).map(Rollout::id).toList();
  }

  @Test
  void theOlderOfEqualsGoesFirst() {
    Rollout first = planned("b", Priority.NORMAL, 1);
    Rollout second = Precedence.placed(planned("a", Priority.NORMAL, 2), List.of(first));
    assertThat(second.turn()).isEqualTo(second.createdAt());
    assertThat(order(first, second)).containsExactly("b", "a");
    Rollout low = Precedence.placed(planned("c", Priority.LOW, 3), List.of(first, second));
    assertThat(order(first, second, low)).containsExactly("b", "a", "c");
    Rollout same = planned("a", Priority.NORMAL, 1);
    assertThat(order(first, same)).as("of one moment, by name").containsExactly("a", "b");
  }

  @Test
  void aHigherPriorityOvertakesWhoHasNotBegun() {
    Rollout low = planned("low", Priority.LOW, 1);
    Rollout normal = planned("normal", Priority.NORMAL, 2);
    Rollout high = Precedence.placed(planned("high", Priority.HIGH, 3), List.of(normal, low));
    assertThat(order(low, normal, high)).containsExactly("high", "low", "normal");
    Rollout next = Precedence.placed(planned("next", Priority.HIGH, 4), List.of(high, normal, low));
    assertThat(order(low, normal, high, next))
        .as("between equals the older")
        .containsExactly("high", "next", "low", "normal");
  }

  @Test
  void whoHasBegunIsNotOvertaken() {
    Rollout low = begun(planned("low", Priority.LOW, 1));
    Rollout waiting = planned("waiting", Priority.LOW, 2);
    Rollout high = Precedence.placed(planned("high", Priority.HIGH, 3), List.of(low, waiting));
    assertThat(order(low, waiting, high)).containsExactly("low", "high", "waiting");
  }

  @Test
  void nobodyIsOvertakenOverWhoCannotBe() {
    Rollout low = planned("low", Priority.LOW, 1);
    Rollout equal = planned("equal", Priority.HIGH, 2);
    Rollout high = Precedence.placed(planned("high", Priority.HIGH, 3), List.of(low, equal));
    assertThat(high.turn()).isEqualTo(high.createdAt());
  }

  @Test
  void whoWasPlannedInOneMomentWithOneThatHasBegunIsNotOvertaken() {
    Rollout low = begun(planned("a", Priority.LOW, 1));
    Rollout twin = planned("b", Priority.LOW, 1);
    Rollout high = Precedence.placed(planned("high", Priority.HIGH, 2), List.of(low, twin));
    assertThat(order(low, twin, high)).containsExactly("a", "b", "high");
  }

  @Test
  void aTurnStaysAsItWasGiven() {
    Rollout low = planned("low", Priority.LOW, 1);
    Rollout high = Precedence.placed(planned("high", Priority.HIGH, 2), List.of(low));
    assertThat(begun(high).turn()).isEqualTo(high.turn());
    assertThat(high.startedBy("ann").turn()).isEqualTo(high.turn());
    assertThat(order(begun(low), high)).containsExactly("high", "low");
  }

  /** However many come, and whoever begins: what is decided between two is decided for good. */
  @Test
  void theOrderOfTwoNeverChanges() {
    ForAll.cases(
        100,
        random -> {
          List<Rollout> live = new ArrayList<>();
          List<String> before = List.of();
          for (int n = 0; n < 12; n++) {
            Priority priority = PRIORITIES.get(random.nextInt(3));
            Rollout next = Precedence.placed(planned("r" + n, priority, n), live);
            for (Rollout r : live) {
              boolean first = Precedence.ORDER.compare(next, r) < 0;
              if (r.touched().isEmpty()) continue;
              if (r.createdAt().isBefore(next.createdAt())) assertThat(first).isFalse();
            }
            live.add(next);
            Collections.shuffle(live, random);
            List<String> now = live.stream().sorted(Precedence.ORDER).map(Rollout::id).toList();
            assertThat(now.stream().filter(before::contains)).containsExactlyElementsOf(before);
            before = now;
            if (random.nextBoolean()) live.replaceAll(r -> random.nextInt(4) == 0 ? begun(r) : r);
          }
        });
  }
}

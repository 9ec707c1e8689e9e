package dev.hatchery.examples.inspection.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DiceTest {
  @Test
  void isSplitMix64() {
    var dice = new Dice(1234567);

    // The algorithm's published test vector.
    assertThat(List.of(dice.next(), dice.next(), dice.next()))
        .containsExactly(
            6457827717110365317L,
            3203168211198807973L,
            Long.parseUnsignedLong("9817491932198370423"));
  }

  @Test
  void noiseHasMeanZeroAndDeviationOne() {
    var dice = new Dice(5);
    double sum = 0;
    double squares = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      float value = dice.noise();
      sum += value;
      squares += value * value;
    }

    assertThat(sum / n).isCloseTo(0, within(0.02));
    assertThat(squares / n).isCloseTo(1, within(0.02));
  }

  @Test
  void picksEachOfSome() {
    var dice = new Dice(6);
    Set<String> picked = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      picked.add(dice.pick(List.of("a", "b", "c")));
    }

    assertThat(picked).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void membersOfASeriesAreUnrelated() {
    Set<Long> firsts = new HashSet<>();
    for (int n = 0; n < 1_000; n++) {
      firsts.add(Dice.of(7, n).next());
      firsts.add(Dice.of(8, n).next());
    }

    assertThat(firsts).hasSize(2_000);
  }
}

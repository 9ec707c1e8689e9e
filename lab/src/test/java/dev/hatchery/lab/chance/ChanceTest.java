package dev.hatchery.lab.chance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChanceTest {
  private static final int DRAWS = 20_000;

  private final Chance chance = new Chance(20260301);

  @ParameterizedTest
  @CsvSource({"20, 0.01", "20, 0.9", "100, 0.29", "100000, 0.2", "100000, 0.0001", "5000, 0.999"})
  void countsOfAnySizeHaveTheirMeanAndTheirSpread(int n, double p) {
    double[] drawn = IntStream.range(0, DRAWS).mapToDouble(_ -> chance.binomial(n, p)).toArray();
    double mean = IntStream.range(0, DRAWS).mapToDouble(i -> drawn[i]).average().orElseThrow();
    double variance =
        IntStream.range(0, DRAWS)
            .mapToDouble(i -> (drawn[i] - mean) * (drawn[i] - mean))
            .average()
            .orElseThrow();
    double expected = n * p * (1 - p);

    assertThat(mean).isCloseTo(n * p, within(5 * Math.sqrt(expected / DRAWS)));
    assertThat(variance).isCloseTo(expected, within(0.06 * expected + 0.1));
  }

  @Test
  void whatCannotBeIsNeverDrawn() {
    assertThat(chance.binomial(0, 0.5)).isZero();
    assertThat(chance.binomial(7, 0)).isZero();
    assertThat(chance.binomial(7, 1)).isEqualTo(7);
  }
}

package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

final class BoundsTest {
  // The two-sided 95% interval of 1 in 10 is 0.0025 to 0.4450 in the tables.
  @Test
  void aShareIsBoundedAsInTheTables() {
    assertThat(Bounds.share(10, 1, 0.025)).isCloseTo(0.4450, within(5e-5));
    assertThat(Bounds.share(10, 0, 0.025)).isCloseTo(1 - Math.pow(0.025, 0.1), within(1e-9));
    assertThat(Bounds.share(10, 10, 0.025)).isEqualTo(1);
    assertThat(Bounds.share(0, 0, 0.025)).isEqualTo(1);
  }

  @Test
  void aQuantilesRankIsTheFirstThatRarelyMisses() {
    for (int n : new int[] {104, 200, 500, 2000, 100_000}) {
      long rank = Bounds.rank(n, 0.95, 0.005).orElseThrow();
      var below = BinomialDistribution.of(n, 0.95);
      assertThat(below.cumulativeProbability((int) rank - 1)).isGreaterThanOrEqualTo(0.995);
      assertThat(below.cumulativeProbability((int) rank - 2)).isLessThan(0.995);
    }
  }

  @Test
  void tooFewValuesBoundNoQuantile() {
    assertThat(Bounds.leastFor(0.95, 0.005)).isEqualTo(104);
    assertThat(Bounds.rank(103, 0.95, 0.005)).isEmpty();
    assertThat(Bounds.rank(104, 0.95, 0.005)).hasValue(104);
    assertThat(Bounds.rank(0, 0.95, 0.005)).isEmpty();
  }

  @Test
  void moreValuesThanAnIntCountsAreBoundedAsWell() {
    long n = 3L * Integer.MAX_VALUE;
    assertThat(Bounds.rank(n, 0.95, 0.005).orElseThrow() / (double) n).isBetween(0.95, 0.9501);
  }
}

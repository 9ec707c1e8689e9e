package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

final class MixtureTest {
  private static double e(int stage, int stages, double all, double inStage) {
    return Math.exp(new Mixture(stage, stages).logE(Math.log(all), Math.log(inStage)));
  }

  @Test
  void itBeginsAtOneAndLosesTheSharesOfStagesThatAreOver() {
    assertThat(e(0, 4, 1, 1)).isCloseTo(1, within(1e-12));
    assertThat(e(2, 4, 1, 1)).isCloseTo(0.95, within(1e-12));
    assertThat(e(3, 4, 1, 1)).isCloseTo(0.925, within(1e-12));
  }

  // 0.9 × 5 + 0.1/4 × (40 + 1), worked out apart from the code.
  @Test
  void nineTenthsStandOnAllTrialsAndATenthIsSharedByTheStages() {
    assertThat(e(2, 4, 5, 40)).isCloseTo(5.525, within(1e-12));
  }

  @Test
  void aSingleStageLosesNothing() {
    assertThat(e(0, 1, 7, 7)).isCloseTo(7, within(1e-12));
  }

  @Test
  void itNeitherOverflowsNorUnderflows() {
    Mixture mixture = new Mixture(2, 4);
    assertThat(mixture.logE(-5000, 4000)).isCloseTo(4000 + Math.log(0.025), within(1e-9));
    assertThat(mixture.logE(-5000, -4000)).isCloseTo(Math.log(0.025), within(1e-9));
    assertThat(mixture.logE(Double.POSITIVE_INFINITY, 0)).isInfinite();
  }

  // A device at its limit, twenty trials in each of three stages: whatever happened before, the
  // mean never rises above 1.
  @Test
  void itsMeanUnderTheNullIsAtMostOneInEveryStage() {
    int n = 20;
    double p0 = 0.05;
    var process = new EProcess(p0);
    var bad = BinomialDistribution.of(n, p0);
    double[] means = new double[3];
    for (int a = 0; a <= n; a++) {
      for (int b = 0; b <= n; b++) {
        for (int c = 0; c <= n; c++) {
          double p = bad.probability(a) * bad.probability(b) * bad.probability(c);
          int[] k = {a, b, c};
          Tally all = Tally.NONE;
          for (int stage = 0; stage < 3; stage++) {
            all = all.plus(n, k[stage]);
            double inStage = process.logE(new Tally(n, k[stage]));
            means[stage] += p * Math.exp(new Mixture(stage, 3).logE(process.logE(all), inStage));
          }
        }
      }
    }
    assertThat(means[0]).isCloseTo(1, within(1e-9));
    assertThat(means[1]).isCloseTo(1 - 0.1 / 3, within(1e-9));
    assertThat(means[2]).isCloseTo(1 - 0.2 / 3, within(1e-9));
  }

  @Test
  void trialsOfAnotherStageAreForgottenWithTheFirstOfThisOne() {
    var first = StageTallies.NONE.plus(0, Map.of("a", new Tally(10, 1)));
    assertThat(first.plus(0, Map.of("a", new Tally(5, 1))).of(0, "a")).isEqualTo(new Tally(15, 2));
    assertThat(first.of(1, "a")).isEqualTo(Tally.NONE);
    assertThat(first.of(0, "b")).isEqualTo(Tally.NONE);
    var second = first.plus(1, Map.of("b", new Tally(3, 0)));
    assertThat(second.of(1, "b")).isEqualTo(new Tally(3, 0));
    assertThat(second.of(1, "a")).isEqualTo(Tally.NONE);
    assertThat(second.of(0, "a")).isEqualTo(Tally.NONE);
    assertThat(first.plus(1, Map.of())).isEqualTo(first);
  }
}

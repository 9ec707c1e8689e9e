package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EProcessTest {
  @Test
  void itBeginsAtOne() {
    assertThat(new EProcess(0.05).logE(Tally.NONE)).isCloseTo(0, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.01, 0.05, 0.5, 0.9, 0.96, 0.97})
  void itsMeanUnderTheNullIsExactlyOne(double p0) {
    int n = 60;
    var bad = BinomialDistribution.of(n, p0);
    double mean = 0;
    for (int k = 0; k <= n; k++) {
      mean += bad.probability(k) * Math.exp(new EProcess(p0).logE(new Tally(n, k)));
    }
    assertThat(mean).isCloseTo(1, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.05, 0.5, 0.9, 0.96, 0.97})
  void itsMeanBelowTheLimitIsBelowOne(double p0) {
    int n = 60;
    var bad = BinomialDistribution.of(n, p0 * 0.8);
    double mean = 0;
    for (int k = 0; k <= n; k++) {
      mean += bad.probability(k) * Math.exp(new EProcess(p0).logE(new Tally(n, k)));
    }
    assertThat(mean).isLessThan(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.05, 0.5, 0.9, 0.96, 0.97})
  void itGrowsWhereEverythingIsBad(double p0) {
    var e = new EProcess(p0);
    for (int n = 1; n < 50; n++) {
      assertThat(e.logE(new Tally(n, n))).isGreaterThan(e.logE(new Tally(n - 1, n - 1)));
    }
  }

  // (p/p0)^3 ((1-p)/(1-p0))^7 averaged over the grid, worked out apart from the code with p0 = 0.05
  @Test
  void itIsTheFormulaOfTheReference() {
    double sum = 0;
    for (int i = 0; i < 20; i++) {
      double p = 0.0625 * Math.pow(0.4 / 0.0625, i / 19.0);
      sum += Math.pow(p / 0.05, 3) * Math.pow((1 - p) / 0.95, 7);
    }
    assertThat(Math.exp(new EProcess(0.05).logE(new Tally(10, 3))))
        .isCloseTo(sum / 20, within(1e-9));
  }

  @Test
  void millionsOfTrialsNeitherOverflowNorUnderflow() {
    assertThat(new EProcess(0.05).logE(new Tally(10_000_000, 5_000_000))).isFinite().isPositive();
    assertThat(new EProcess(0.05).logE(new Tally(10_000_000, 0))).isFinite().isNegative();
  }

  @Test
  void devicesAreMergedByTheMeanOfTheirEValues() {
    double[] logs = {Math.log(1), Math.log(2), Math.log(9)};
    assertThat(Math.exp(EProcess.logMean(logs))).isCloseTo(4, within(1e-12));
    assertThat(EProcess.logMean(new double[] {2000, -2000}))
        .isCloseTo(2000 - Math.log(2), within(1e-9));
  }

  @Test
  void thereIsNothingToTestAtNoneOrAll() {
    assertThatThrownBy(() -> new EProcess(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new EProcess(1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theWorstFewCanBeLeftOut() {
    double[] logs = {Math.log(3), 900, Math.log(1), Math.log(2), 800};
    assertThat(Math.exp(EProcess.logMean(logs, 2))).isCloseTo(2, within(1e-12));
    assertThat(logs[1]).isEqualTo(900);
  }

  @Test
  void twoInAHundredAreLeftOutAndNoneOfFew() {
    assertThat(FleetRules.allowed(5)).isZero();
    assertThat(FleetRules.allowed(49)).isZero();
    assertThat(FleetRules.allowed(100)).isEqualTo(2);
    assertThat(FleetRules.allowed(1000)).isEqualTo(20);
  }
}

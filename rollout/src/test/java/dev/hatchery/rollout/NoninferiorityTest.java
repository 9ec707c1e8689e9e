package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NoninferiorityTest {
  private static Noninferiority of(double[] changed, double[] control, double miss) {
    return Noninferiority.of(changed, 0, control, 0, miss);
  }

  // By hand: 1 + 2.1318 × sqrt(1/3 + 1/3), Student's t of 4 degrees of freedom at 95%.
  @Test
  void theBoundIsWelchs() {
    var equal = of(new double[] {1, 2, 3}, new double[] {0, 1, 2}, 0.05);
    assertThat(equal.estimate()).isCloseTo(1, within(1e-12));
    assertThat(equal.bound()).isCloseTo(1 + 2.131847 * Math.sqrt(2 / 3.0), within(1e-5));
  }

  // Variances 1 and 4 over 3 and 5 devices: (1/3 + 4/5)² / ((1/3)²/2 + (4/5)²/4) = 5.9568
  // degrees of freedom, and t lies between those of 5 and 6.
  @Test
  void variancesMayDiffer() {
    double a = Math.sqrt(2);
    var test = new Noninferiority(0, 1, 3, 4, 5, 0.05);
    double t = test.bound() / Math.sqrt(1 / 3.0 + 4 / 5.0);
    assertThat(t).isBetween(1.943180, 2.015048).isCloseTo(1.9459, within(1e-3));
    assertThat(of(new double[] {-1, 0, 1}, new double[] {-a, a, -a, a}, 0.05).bound()).isPositive();
  }

  @Test
  void aFewValuesThatAgreeByChanceAreHeldToAFloor() {
    double[] same = {0.1, 0.1, 0.1};
    var floored = Noninferiority.of(same, 0.01, same, 0.04, 0.05);
    assertThat(floored.changed()).isEqualTo(0.01);
    assertThat(floored.control()).isEqualTo(0.04);
    assertThat(floored.bound()).isPositive();
    assertThat(Noninferiority.of(new double[] {0, 1, 2}, 0.01, same, 0.04, 0.05).changed())
        .isEqualTo(1);
  }

  @Test
  void itSaysHowManyMoreDevicesWouldShowIt() {
    var test = new Noninferiority(0.05, 0.04, 5, 0.04, 20, 0.025);
    int more = test.moreChanged(0.223).orElseThrow();
    var enough = new Noninferiority(0.05, 0.04, 5 + more, 0.04, 20, 0.025);
    var oneLess = new Noninferiority(0.05, 0.04, 4 + more, 0.04, 20, 0.025);
    assertThat(more).isPositive();
    assertThat(enough.bound()).isLessThan(0.223);
    assertThat(oneLess.bound()).isGreaterThanOrEqualTo(0.223);
    // The control alone is too small for any number of changed devices.
    var small = new Noninferiority(0.1, 0.04, 5, 0.04, 3, 0.025);
    assertThat(small.moreChanged(0.223)).isEmpty();
    int both = small.moreOfBoth(0.223).orElseThrow();
    assertThat(new Noninferiority(0.1, 0.04, 5 + both, 0.04, 3 + both, 0.025).bound())
        .isLessThan(0.223);
    assertThat(new Noninferiority(0.1, 0.04, 4 + both, 0.04, 2 + both, 0.025).bound())
        .isGreaterThanOrEqualTo(0.223);
    assertThat(new Noninferiority(0.223, 0.04, 5, 0.04, 3, 0.025).moreOfBoth(0.223)).isEmpty();
    assertThat(new Noninferiority(0, 0.04, 500, 0.04, 500, 0.025).moreChanged(0.223)).hasValue(0);
  }

  // Truly at the margin, looked at as Comparing does: the nth look spends alpha / 2^n. What makes
  // devices differ stays; what a look measures wrong shrinks as it lasts longer. Also with effects
  // of a long tail, and with sides that differ in spread and size.
  @ParameterizedTest
  @CsvSource({
    "5, 5, 0.1, 0.1, false",
    "5, 20, 0.1, 0.1, false",
    "3, 3, 0.3, 0.1, false",
    "5, 20, 0.4, 0.1, false",
    "20, 5, 0.1, 0.4, false",
    "8, 8, 0.05, 0.05, true",
    "40, 20, 0.2, 0.2, true"
  })
  void aReleaseAtTheMarginRarelyPasses(int n, int m, double spread, double other, boolean tail) {
    int runs = 4000;
    double alpha = 0.05;
    double margin = Math.log(1.25);
    double rate =
        Simulated.rate(
            runs,
            random -> {
              double[] changed = effects(random, n, margin, spread, tail);
              double[] control = effects(random, m, 0, other, tail);
              double[] lately = new double[n + m];
              for (int look = 1; look <= 6; look++) {
                // Twice as long each time: the sum so far is half of it.
                double noise = 0.2 / Math.sqrt(1 << Math.max(0, look - 2));
                for (int d = 0; d < n + m; d++) {
                  double fresh = noise * random.nextGaussian();
                  lately[d] = look == 1 ? 0.2 * random.nextGaussian() : (lately[d] + fresh) / 2;
                }
                double[] a = new double[n];
                double[] b = new double[m];
                for (int d = 0; d < n; d++) a[d] = changed[d] + lately[d];
                for (int d = 0; d < m; d++) b[d] = control[d] + lately[n + d];
                if (of(a, b, alpha / (1 << look)).bound() < margin) return true;
              }
              return false;
            });
    Simulated.figure("false promotions, %d against %d, sd %s".formatted(n, m, spread), rate);
    assertThat(rate).isLessThanOrEqualTo(alpha + 3 * Math.sqrt(alpha * (1 - alpha) / runs));
  }

  private static double[] effects(Random random, int n, double mean, double spread, boolean tail) {
    double[] effects = new double[n];
    for (int d = 0; d < n; d++) {
      double z = random.nextGaussian();
      // A tenth of the devices feels three times as much.
      boolean far = tail && random.nextInt(10) == 0;
      effects[d] = mean + spread * z * (far ? 3 : 1);
    }
    return effects;
  }
}

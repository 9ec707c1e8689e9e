package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Gate.Drift.Measure;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DriftTest {
  private static Drift drift(Map<String, Long> now, Map<String, Long> before) {
    return Drift.of(Bins.of(now), Bins.of(before));
  }

  private static final Map<String, Long> HALVES = Map.of("a", 500L, "b", 500L);
  private static final Map<String, Long> SHIFTED = Map.of("a", 700L, "b", 300L);

  @Test
  void theSameAnswersDoNotDrift() {
    for (Measure measure : Measure.values()) {
      assertThat(drift(HALVES, HALVES).measure(measure)).isCloseTo(0, within(1e-12));
    }
  }

  @Test
  void psiIsItsFormula() {
    double expected = 0.2 * Math.log(0.7 / 0.5) - 0.2 * Math.log(0.3 / 0.5);
    assertThat(drift(SHIFTED, HALVES).measure(Measure.PSI)).isCloseTo(expected, within(1e-12));
    assertThat(drift(HALVES, SHIFTED).measure(Measure.PSI)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void aBinThatIsGoneIsNotWithoutEnd() {
    double share = 1e-4;
    double expected = (0.5 - share) * Math.log(0.5 / share) + 0.5 * Math.log(1 / 0.5);
    assertThat(drift(Map.of("a", 1000L), HALVES).measure(Measure.PSI))
        .isCloseTo(expected, within(1e-12));
  }

  @Test
  void jensenAndShannonLieBetweenZeroAndTheLogarithmOfTwo() {
    double apart = drift(Map.of("a", 1_000_000L), Map.of("b", 1_000_000L)).measure(Measure.JS);
    assertThat(apart).isCloseTo(Math.log(2), within(1e-4)).isLessThan(Math.log(2));
    double a = 700.5 / 1001;
    double b = 300.5 / 1001;
    double m = (a + 0.5) / 2;
    double n = (b + 0.5) / 2;
    double expected =
        (a * Math.log(a / m)
                + 0.5 * Math.log(0.5 / m)
                + b * Math.log(b / n)
                + 0.5 * Math.log(0.5 / n))
            / 2;
    assertThat(drift(SHIFTED, HALVES).measure(Measure.JS)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void kolmogorovAndSmirnovTakeTheBinsInTheOrderOfTheirNumbers() {
    // By text, 10 would come before 9.
    var before = Map.of("8", 400L, "9", 300L, "10", 300L);
    var now = Map.of("8", 400L, "9", 100L, "10", 500L);
    assertThat(drift(now, before).measure(Measure.KS)).isCloseTo(0.2, within(1e-12));
    assertThat(drift(now, before).ordered()).isTrue();
    assertThat(drift(HALVES, HALVES).ordered()).isFalse();
  }

  @Test
  void whatOneSideDoesNotTellIsInItsRest() {
    // 19 are too few to be told: they are the rest, on a side that has no such bin.
    var now = Map.of("a", 981L, "rare", 19L);
    var before = Map.of("a", 960L, "rare", 40L);
    double psi = drift(now, before).measure(Measure.PSI);
    double expected =
        (0.981 - 0.96) * Math.log(0.981 / 0.96)
            + (1e-4 - 0.04) * Math.log(1e-4 / 0.04)
            + (0.019 - 1e-4) * Math.log(0.019 / 1e-4);
    assertThat(psi).isCloseTo(expected, within(1e-12));
  }

  @Test
  void theFloorOfPsiIsThatOfChiSquare() {
    // Nine degrees of freedom: 27.877 at one in a thousand.
    Map<String, Long> ten = new HashMap<>();
    for (int i = 0; i < 10; i++) ten.put("c" + i, 100L);
    assertThat(drift(ten, ten).floor(Measure.PSI))
        .isCloseTo(27.877 * (1 / 1000.0 + 1 / 1000.0), within(1e-5));
    assertThat(drift(Map.of("a", 1000L), Map.of("a", 1000L)).floor(Measure.PSI)).isZero();
    assertThat(drift(ten, ten).floor(Measure.JS)).isZero();
  }

  @Test
  void theFloorOfKolmogorovAndSmirnovIsATenthHoweverManyThereAre() {
    assertThat(drift(HALVES, HALVES).floor(Measure.KS)).isEqualTo(0.1);
    var few = Map.of("1", 100L, "2", 100L);
    assertThat(drift(few, few).floor(Measure.KS))
        .isCloseTo(1.949 * Math.sqrt(400 / 40_000.0), within(1e-12));
  }

  @Test
  void samplesOfOneDistributionSeldomPassTheFloors() {
    Random random = new Random(5);
    int above = 0;
    for (int run = 0; run < 1000; run++) {
      Drift drift = drift(sample(random), sample(random));
      if (drift.measure(Measure.PSI) >= drift.floor(Measure.PSI)) above++;
      assertThat(drift.measure(Measure.KS)).isLessThan(drift.floor(Measure.KS));
    }
    assertThat(above).as("about one in a thousand").isLessThanOrEqualTo(6);
  }

  private static Map<String, Long> sample(Random random) {
    Map<String, Long> counts = new HashMap<>();
    for (int i = 0; i < 1000; i++) counts.merge("" + random.nextInt(10), 1L, Long::sum);
    return counts;
  }
}

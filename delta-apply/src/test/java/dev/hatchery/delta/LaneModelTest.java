package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the model codes on one side it reads on the other, whatever the numbers are. */
final class LaneModelTest {
  private static final int LANES = 3000;
  private static final int WIDTH = 37;
  private static final int[] EXTREMES = {
    0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE + 1, 1 << 30, -(1 << 30)
  };

  // Residuals of all sizes, at predictions of all exponents.
  private static int[] residuals(Coder coder, Lane lane, long seed, int[] given) {
    var random = new Random(seed);
    var model = new LaneModel();
    int[] coded = new int[LANES];
    model.begin(lane, WIDTH);
    for (int i = 0; i < LANES; i++) {
      if (i % WIDTH == 0) model.row();
      int field = random.nextInt(lane.maxField() + 1);
      int exponent = lane.isFloat() ? field : random.nextInt(32);
      double unit = lane.unit(field);
      double inverse = lane.inverse(field);
      int fraction = random.nextInt(LaneModel.FRACTIONS);
      coded[i] = model.residual(coder, i % WIDTH, unit, inverse, exponent, fraction, given[i]);
    }
    return coded;
  }

  private static int[] given(long seed) {
    var random = new Random(~seed);
    int[] given = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      given[i] =
          i % 50 == 0
              ? EXTREMES[random.nextInt(EXTREMES.length)]
              : random.nextInt() >> random.nextInt(32);
    }
    return given;
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void residualsComeBack(Lane lane) {
    for (long seed = 0; seed < 12; seed++) {
      int[] given = given(seed);
      var out = new CodesOut();
      assertThat(residuals(out, lane, seed, given)).isEqualTo(given);

      SectionCoder in = CoderTest.reading(out.codes(), out.raws());

      assertThat(residuals(in, lane, seed, new int[LANES])).isEqualTo(given);
    }
  }

  private static int[] fresh(Coder coder, Lane lane, int[] given) {
    var model = new LaneModel();
    int[] coded = new int[LANES];
    model.begin(lane, WIDTH);
    for (int i = 0; i < LANES; i++) {
      if (i % WIDTH == 0) model.row();
      coded[i] = model.fresh(coder, i % WIDTH, given[i]);
    }
    return coded;
  }

  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"F16", "BF16", "F32"})
  void floatsOfWhichNothingIsKnownComeBack(Lane lane) {
    for (long seed = 0; seed < 12; seed++) {
      var random = new Random(seed);
      int[] given = Numbers.weights(lane, LANES, random);
      for (int i = 0; i < LANES; i += 1 + random.nextInt(20)) given[i] = Numbers.any(lane, random);
      given[1] = 0;
      given[2] = -1; // minus zero
      given[3] = 1; // the smallest
      given[4] = lane.maxField() << lane.mantissa(); // infinity
      given[5] = ~given[4];
      given[6] = Numbers.most(lane); // no number
      given[7] = Numbers.least(lane);
      var out = new CodesOut();
      assertThat(fresh(out, lane, given)).isEqualTo(given);

      SectionCoder in = CoderTest.reading(out.codes(), out.raws());

      assertThat(fresh(in, lane, new int[LANES])).isEqualTo(given);
    }
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void whatDoesNotChangeCostsNextToNothing(Lane lane) {
    var out = new CodesOut();
    residuals(out, lane, 1, new int[LANES]);

    assertThat(out.codes().length * 8).isLessThan(LANES / 4);
    assertThat(out.raws()).isEmpty();
  }

  @Test
  void aModelThatIsResetIsANewOne() {
    int[] given = given(5);
    var fresh = new CodesOut();
    var again = new CodesOut();
    var model = new LaneModel();
    for (int round = 0; round < 3; round++) {
      Coder coder = round == 0 ? fresh : round == 1 ? new CodesOut() : again;
      model.reset();
      model.begin(Lane.I8, 1);
      for (int i = 0; i < LANES; i++) model.residual(coder, 0, 1, 1, 3, 7, given[i]);
    }
    assertThat(again.codes()).isEqualTo(fresh.codes());
    assertThat(again.raws()).isEqualTo(fresh.raws());
  }
}

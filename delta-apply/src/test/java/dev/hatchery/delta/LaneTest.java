package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbers of each kind: their order, their rounding, their bytes. */
final class LaneTest {
  private static final int NUMBERS = 100_000;

  @ParameterizedTest
  @EnumSource(Lane.class)
  void theMapFromBitsToLanesIsItsOwnInverse(Lane lane) {
    var random = new Random(1);
    for (int i = 0; i < NUMBERS; i++) {
      int bits = Numbers.any(lane, random);
      assertThat(lane.ordered(lane.ordered(bits))).isEqualTo(bits);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"F16", "BF16"})
  void everyLaneIsTheNumberItsFieldsSay(Lane lane) {
    int infinity = lane.maxField() << lane.mantissa();
    for (int magnitude = 0; magnitude < infinity; magnitude++) {
      int field = magnitude >> lane.mantissa();
      double significand = magnitude & ((1 << lane.mantissa()) - 1);
      if (field > 0) significand += 1 << lane.mantissa();
      int bias = (1 << (lane.bits() - 2 - lane.mantissa())) - 1;
      double number = Math.scalb(significand, Math.max(field, 1) - bias - lane.mantissa());

      assertThat(lane.value(magnitude)).isEqualTo(number);
      assertThat(lane.value(~magnitude)).isEqualTo(-number);
      assertThat(lane.field(magnitude)).isEqualTo(field);
      assertThat(lane.field(~magnitude)).isEqualTo(field);
      // The last step before infinity is as wide as those before it.
      if (magnitude + 1 < infinity) {
        assertThat(lane.value(magnitude + 1) - number).isEqualTo(lane.unit(field));
      }
      assertThat(lane.unit(field) * lane.inverse(field)).isOne();
    }
    assertThat(lane.value(infinity)).isInfinite();
    assertThat(lane.value(infinity + 1)).isNaN();
  }

  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"F16", "BF16"})
  void everyNumberAndEveryMidpointIsRoundedToTheNearestAndTiesToEven(Lane lane) {
    int largest = (lane.maxField() << lane.mantissa()) - 1;
    for (int at = ~largest; at <= largest; at++) {
      double number = lane.value(at);
      assertThat(lane.nearest(number)).isEqualTo(at);
      if (at == largest || at == -1) continue; // the zeros have nothing between them
      double middle = (number + lane.value(at + 1)) / 2;
      int even = ((at < 0 ? ~at : at) & 1) == 0 ? at : at + 1;
      assertThat(lane.nearest(middle)).as("%s after %s", middle, number).isEqualTo(even);
      assertThat(lane.nearest(Math.nextUp(middle))).isEqualTo(at + 1);
      assertThat(lane.nearest(Math.nextDown(middle))).isEqualTo(at);
    }
    assertThat(lane.nearest(1e200)).isEqualTo(largest);
    assertThat(lane.nearest(-1e200)).isEqualTo(~largest);
    assertThat(lane.nearest(Double.MIN_VALUE)).isZero();
    assertThat(lane.nearest(-Double.MIN_VALUE)).isEqualTo(-1);
  }

  @Test
  void singleFloatsAreRoundedToTheNearestAndTiesToEven() {
    var random = new Random(2);
    for (int i = 0; i < NUMBERS; i++) {
      int at = random.nextInt(0x7f7fffff);
      double number = Lane.F32.value(at);
      double middle = (number + Lane.F32.value(at + 1)) / 2;
      assertThat(Lane.F32.nearest(number)).isEqualTo(at);
      assertThat(Lane.F32.nearest(middle)).isEqualTo((at & 1) == 0 ? at : at + 1);
      assertThat(Lane.F32.nearest(-Math.nextUp(middle))).isEqualTo(~(at + 1));
    }
    assertThat(Lane.F32.value(Lane.F32.nearest(1e39))).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void integersAreRoundedToTheNearestAndCutToTheirRange() {
    assertThat(Lane.I8.nearest(2.5)).isEqualTo(2);
    assertThat(Lane.I8.nearest(3.5)).isEqualTo(4);
    for (Lane lane : new Lane[] {Lane.U4, Lane.I4, Lane.U8, Lane.I8, Lane.I32}) {
      assertThat(lane.nearest(1e12)).isEqualTo(Numbers.most(lane));
      assertThat(lane.nearest(-1e12)).isEqualTo(Numbers.least(lane));
      assertThat(lane.nearest(0.5)).isZero();
      assertThat(lane.nearest(6.75)).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void lanesAreTheirBytesAgain(Lane lane) {
    var random = new Random(3);
    for (int count = 1; count < 40; count++) {
      int[] lanes = new int[count];
      for (int i = 0; i < count; i++) lanes[i] = Numbers.any(lane, random);
      byte[] bytes = new byte[3 + (int) lane.bytes(count)];
      int[] again = new int[count];

      lane.pack(lanes, count, bytes, 3);
      lane.unpack(bytes, 3, again, count);

      assertThat(again).isEqualTo(lanes);
    }
  }

  @Test
  void bytesAreLittleEndianAndTheLowNibbleComesFirst() {
    byte[] bytes = {0x21, (byte) 0xf3, 0x40, (byte) 0xc1};
    int[] lanes = new int[4];

    Lane.I4.unpack(bytes, 0, lanes, 4);
    assertThat(lanes).containsExactly(1, 2, 3, -1);
    Lane.I32.unpack(bytes, 0, lanes, 1);
    assertThat(lanes[0]).isEqualTo(0xc140f321);
    Lane.BF16.unpack(bytes, 2, lanes, 1);
    assertThat(Lane.BF16.value(lanes[0])).isEqualTo(-12);
  }
}

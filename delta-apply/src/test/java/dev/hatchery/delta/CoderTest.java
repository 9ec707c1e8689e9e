package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The range decoder gives back what went into a range encoder. */
final class CoderTest {
  private static final int BITS = 50_000;

  static SectionCoder reading(byte[] codes, byte[] raws) {
    var coder = new SectionCoder(new Memory(new Out().bytes(codes).bytes(raws).toBytes()));
    coder.open(0, codes.length, raws.length);
    return coder;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 255, 256, 257, 4096, 32_768, 65_279, 65_520, 65_534, 65_535})
  void bitsOfAnyProbabilityComeBack(int one) {
    var random = new Random(one);
    int[] bits = random.ints(BITS, 0, 65_536).map(x -> x < one ? 1 : 0).toArray();
    bits[100] = 1; // also when it hardly ever is
    bits[101] = 0;
    var out = new CodesOut();
    for (int bit : bits) out.bit(bit, one);

    SectionCoder in = reading(out.codes(), new byte[0]);

    for (int bit : bits) assertThat(in.bit(-1, one)).isEqualTo(bit);
  }

  @Test
  void mixedProbabilitiesAndRawBitsComeBack() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      var out = new CodesOut();
      for (int i = 0; i < 2000; i++) {
        int one = 1 + random.nextInt(65_535);
        out.bit(random.nextInt(65_536) < one ? 1 : 0, one);
        int count = random.nextInt(32);
        out.raw((int) (random.nextLong() & ((1L << count) - 1)), count);
      }
      SectionCoder in = reading(out.codes(), out.raws());
      random = new Random(seed);
      for (int i = 0; i < 2000; i++) {
        int one = 1 + random.nextInt(65_535);
        int bit = random.nextInt(65_536) < one ? 1 : 0;
        assertThat(in.bit(-1, one)).isEqualTo(bit);
        int count = random.nextInt(32);
        int raw = (int) (random.nextLong() & ((1L << count) - 1));
        assertThat(in.raw(-1, count)).isEqualTo(raw);
      }
    }
  }

  // The point in the middle of everything is kept inside the interval, so that what is out already
  // is half a number of ones, until the last bit decides on which side of it the code lies.
  @Test
  void aCarryWalksThroughThousandsOfBytes() {
    for (int carry = 0; carry < 2; carry++) {
      List<int[]> bits = new ArrayList<>();
      long middle = 1L << 31;
      long range = 0xffffffffL;
      for (int step = 0; step < 6000; step++) {
        int one = (int) Math.min(middle / (range >>> 16), 65_534);
        int bit = one == 0 || step % 2 == 0 ? 1 : 0;
        bits.add(new int[] {bit, one + bit});
        long bound = (range >>> 16) * (one + bit);
        middle -= bit == 1 ? 0 : bound;
        range = bit == 1 ? bound : range - bound;
        for (; range < 1 << 24; range <<= 8) middle <<= 8;
      }
      int one = (int) (middle / (range >>> 16));
      bits.add(new int[] {1 - carry, one + 1});
      var out = new CodesOut();
      for (int[] bit : bits) out.bit(bit[0], bit[1]);
      byte[] codes = out.codes();

      assertThat(codes.length).isGreaterThan(1000);
      assertThat(codes[1]).isEqualTo((byte) (carry == 1 ? 0x80 : 0x7f));
      assertThat(codes[1000]).isEqualTo((byte) (carry == 1 ? 0 : 0xff));
      SectionCoder in = reading(codes, new byte[0]);
      for (int[] bit : bits) assertThat(in.bit(-1, bit[1])).isEqualTo(bit[0]);
    }
  }

  @Test
  void zerosAtTheEndMayBeLeftOutUpToFour() {
    var out = new CodesOut();
    for (int i = 0; i < 100; i++) out.bit(1, 65_535);
    byte[] codes = out.codes();
    assertThat(codes).containsOnly(0);
    int whole = codes.length;
    SectionCoder in = reading(Arrays.copyOf(codes, whole - 4), new byte[0]);
    for (int i = 0; i < 100; i++) assertThat(in.bit(-1, 65_535)).isOne();
  }

  @Test
  void aCoderThatIsAskedForMuchMoreThanThereIsSaysSo() {
    SectionCoder in = reading(new byte[1], new byte[1]);
    assertThat(in.raw(-1, 31)).isZero();
    assertThatThrownBy(() -> in.raw(-1, 31)).isInstanceOf(Section.Exhausted.class);
    SectionCoder codes = reading(new byte[1], new byte[0]);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) codes.bit(-1, 256);
            })
        .isInstanceOf(Section.Exhausted.class);
  }
}

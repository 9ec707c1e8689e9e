package dev.hatchery.delta.make;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.delta.Coder;
import dev.hatchery.delta.ReadBack;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the encoder's coder writes the decoder's reads. */
final class PatchCoderTest {
  private static void comesBack(List<int[]> bits, PatchCoder out) {
    for (int[] bit : bits) out.bit(bit[0], bit[1]);
    Coder in = ReadBack.of(out.codes(), out.raws());
    for (int[] bit : bits) assertThat(in.bit(-1, bit[1])).isEqualTo(bit[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 255, 4096, 32_768, 65_279, 65_520, 65_535})
  void bitsOfAnyProbabilityComeBack(int one) {
    var random = new Random(one);
    for (int length = 1; length < 3000; length = length * 3 / 2 + 1) {
      List<int[]> bits = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        bits.add(new int[] {random.nextInt(65_536) < one ? 1 : 0, one});
      }
      comesBack(bits, new PatchCoder());
      bits.set(length / 2, new int[] {1, one});
      bits.set(length - 1, new int[] {0, one});
      comesBack(bits, new PatchCoder());
    }
  }

  @Test
  void mixedProbabilitiesAndRawBitsComeBack() {
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      int[][] given = new int[random.nextInt(500)][];
      PatchCoder out = new PatchCoder();
      for (int i = 0; i < given.length; i++) {
        int one = 1 + random.nextInt(65_535);
        int count = random.nextInt(32);
        int raw = (int) (random.nextLong() & ((1L << count) - 1));
        given[i] = new int[] {random.nextInt(65_536) < one ? 1 : 0, one, raw, count};
        out.bit(given[i][0], one);
        out.raw(raw, count);
      }
      Coder in = ReadBack.of(out.codes(), out.raws());
      for (int[] next : given) {
        assertThat(in.bit(-1, next[1])).isEqualTo(next[0]);
        assertThat(in.raw(-1, next[3])).isEqualTo(next[2]);
      }
    }
  }

  // The middle of everything is kept inside the interval, so that thousands of bytes wait for a
  // carry, until the last bit decides whether there is one.
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
      bits.add(new int[] {1 - carry, (int) (middle / (range >>> 16)) + 1});
      comesBack(bits, new PatchCoder());
    }
  }

  @Test
  void nothingTakesNoBytes() {
    PatchCoder out = new PatchCoder();
    assertThat(out.codes()).isEmpty();
    assertThat(out.raws()).isEmpty();
  }
}

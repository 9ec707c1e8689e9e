package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the model of bytes codes on one side it reads on the other. */
final class ByteModelTest {
  private static byte[] text(int length, long seed) {
    var random = new Random(seed);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : "abcd".charAt(i % 4));
    }
    return bytes;
  }

  private static byte[] coded(Coder coder, byte[][] ranges, byte[][] bases) {
    var model = new ByteModel();
    Out all = new Out();
    for (int i = 0; i < ranges.length; i++) {
      byte[] bytes = ranges[i].clone();
      model.begin();
      model.code(coder, bytes, bytes.length, bases[i].length == 0 ? null : bases[i]);
      all.bytes(bytes);
    }
    return all.toBytes();
  }

  @Test
  void bytesComeBackWithABaseAndWithout() {
    for (long seed = 0; seed < 5; seed++) {
      byte[][] ranges = {text(900, seed), text(1, seed), text(700, seed + 1)};
      byte[][] bases = {new byte[0], text(1, 9), text(700, seed)};
      var out = new CodesOut();
      byte[] all = coded(out, ranges, bases);
      assertThat(all).startsWith(ranges[0]).endsWith(ranges[2]).hasSize(1601);

      SectionCoder in = CoderTest.reading(out.codes(), out.raws());

      assertThat(coded(in, new byte[][] {new byte[900], new byte[1], new byte[700]}, bases))
          .isEqualTo(all);
    }
  }

  @Test
  void aBaseThatIsAlikeMakesBytesCheap() {
    byte[] base = Samples.random(4000, 3);
    byte[] like = base.clone();
    for (int i = 0; i < like.length; i += 40) like[i]++;
    byte[][] bytes = {like};
    var with = new CodesOut();
    var without = new CodesOut();
    coded(with, bytes, new byte[][] {base});
    coded(without, bytes, new byte[][] {new byte[0]});

    assertThat(with.codes().length).isLessThan(like.length / 2);
    assertThat(without.codes().length).isGreaterThan(like.length);
    assertThat(Arrays.equals(with.codes(), without.codes())).isFalse();
  }
}

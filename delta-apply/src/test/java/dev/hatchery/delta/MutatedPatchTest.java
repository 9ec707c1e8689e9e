package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.delta.Samples.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done to a patch whose checksums are then made to fit again, it makes the promised
 * file or is refused.
 */
final class MutatedPatchTest {
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    4,
    6,
    7,
    8,
    15,
    16,
    24,
    31,
    32,
    64,
    127,
    128,
    255,
    256,
    16_384,
    65_535,
    1 << 20,
    Integer.MAX_VALUE,
    0x80000000L,
    0xffffffffL,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -6
  };

  @Test
  void twoHundredThousandMutationsEndInTheResultOrARefusal() throws IOException {
    mutate(200_000);
  }

  @Tag("slow")
  @Test
  void aMillionMutationsEndInTheResultOrARefusal() throws IOException {
    mutate(1_000_000);
  }

  private static void mutate(int times) throws IOException {
    Map<BadPatch.Reason, Integer> reasons = new EnumMap<>(BadPatch.Reason.class);
    int made = 0;
    List<Sample> samples = new ArrayList<>(Samples.all().values());
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      var decoded = new Decoded(sample.base);
      for (long seed = i; seed < times; seed += samples.size()) {
        try {
          byte[] result = decoded.of(mutated(sample.patch, new Random(seed)));
          // A mutated header may promise another file, but never get it.
          assertThat(result).isEqualTo(sample.result);
          made++;
        } catch (BadPatch bad) {
          reasons.merge(bad.reason(), 1, Integer::sum);
        } catch (IOException e) {
          // A result of up to a tebibyte is announced, and written until there is no space.
          assertThat(e).hasMessage(Memory.FULL);
        } catch (RuntimeException | Error e) {
          throw new AssertionError("seed " + seed, e);
        }
      }
    }
    // Every kind of refusal is reached, but that of a whole header that is another's.
    for (BadPatch.Reason reason : BadPatch.Reason.values()) {
      assertThat(reasons.getOrDefault(reason, 0)).as(reason.toString()).isGreaterThan(times / 5000);
    }
    assertThat(made).isBetween(times / 1000, times / 2);
  }

  private static byte[] mutated(byte[] patch, Random random) {
    byte[] bytes = patch.clone();
    int places = 1 + random.nextInt(3);
    for (int i = 0; i < places; i++) {
      // Frames more often than the header, whose numbers are few.
      int least = random.nextInt(12) == 0 || bytes.length <= Header.SIZE ? 0 : Header.SIZE;
      int at = least + random.nextInt(Math.max(1, bytes.length - least));
      if (at >= bytes.length) break;
      switch (random.nextInt(8)) {
        case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = (byte) random.nextInt(256);
        case 3 -> bytes[at] = (byte) NUMBERS[random.nextInt(NUMBERS.length)];
        case 4 -> number(bytes, at, 4, random);
        case 5 -> number(bytes, at, 8, random);
        case 6 -> moved(bytes, at, random.nextInt(16));
        default -> {
          if (random.nextInt(8) == 0) bytes = Arrays.copyOf(bytes, at);
        }
      }
    }
    return random.nextInt(100) == 0 ? bytes : fitted(bytes);
  }

  private static void number(byte[] bytes, int at, int width, Random random) {
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    for (int i = 0; i < width && at + i < bytes.length; i++)
      bytes[at + i] = (byte) (value >> (8 * i));
  }

  // What follows comes so many bytes earlier, and zeros fill the end.
  private static void moved(byte[] bytes, int at, int by) {
    int from = Math.min(bytes.length, at + by);
    System.arraycopy(bytes, from, bytes, at, bytes.length - from);
    Arrays.fill(bytes, bytes.length - (from - at), bytes.length, (byte) 0);
  }

  /** The patch with checksums that fit, as far as its frames can be told apart. */
  private static byte[] fitted(byte[] bytes) {
    if (bytes.length < Header.SIZE) return bytes;
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(88, FrameOut.sum(Arrays.copyOf(bytes, 88)));
    int at = Header.SIZE;
    while (at + Frame.SIZE <= bytes.length) {
      long body = 0;
      for (int field : new int[] {4, 12, 28, 32}) body += out.getInt(at + field) & 0xffffffffL;
      long end = at + Frame.SIZE + body;
      if (end <= bytes.length) {
        byte[] all = Arrays.copyOfRange(bytes, at + Frame.SIZE, (int) end);
        out.putInt(at + 36, FrameOut.sum(all));
      }
      out.putInt(at + 40, FrameOut.sum(Arrays.copyOfRange(bytes, at, at + 40)));
      if (end > bytes.length) break;
      at = (int) end;
    }
    return bytes;
  }
}

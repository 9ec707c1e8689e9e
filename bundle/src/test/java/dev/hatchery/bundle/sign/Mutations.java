package dev.hatchery.bundle.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Broken inputs made from a good one: flipped bits, cut, doubled and moved ranges, and words that
 * parsers have tripped over. The seed gives them all again.
 */
public final class Mutations {
  private static final List<String> WORDS =
      List.of(
          "null",
          "true",
          "{}",
          "[]",
          "\"\"",
          "0",
          "-1",
          "1e999",
          "9e9999999",
          "9223372036854775808",
          "NaN",
          "\\u0000",
          "\\ud800",
          "\u0000",
          "\u00e9",
          "\ud83e\udd5a",
          "[".repeat(40),
          "{\"a\":".repeat(40),
          "..",
          "../",
          "/",
          "\\",
          "\n",
          "\r\n",
          "\t",
          "=",
          "==",
          ".",
          ",",
          ":",
          "\"",
          "}",
          "]",
          "-----",
          "&a",
          "*a",
          "!!",
          "sha256:",
          "0".repeat(64),
          "A".repeat(300));

  private final SplittableRandom random;
  private final byte[] good;

  public Mutations(long seed, byte[] good) {
    this.random = new SplittableRandom(seed);
    this.good = good.clone();
  }

  public byte[] next() {
    byte[] bytes = good;
    int steps = 1 + random.nextInt(3);
    for (int i = 0; i < steps; i++) bytes = mutate(bytes);
    return bytes;
  }

  private byte[] mutate(byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + 1 + random.nextInt(24));
    byte[] range = Arrays.copyOfRange(bytes, from, to);
    return switch (random.nextInt(8)) {
      case 0, 1 -> flipped(bytes);
      case 2 -> joined(bytes, from, noise(), to);
      case 3 -> joined(bytes, from, noise(), from);
      case 4 -> joined(bytes, from, new byte[0], to);
      case 5 -> joined(bytes, to, range, to);
      case 6 -> joined(bytes, from, word(), random.nextBoolean() ? from : to);
      default ->
          random.nextInt(8) == 0 ? Arrays.copyOf(bytes, from) : joined(bytes, from, word(), to);
    };
  }

  private byte[] flipped(byte[] bytes) {
    byte[] changed = bytes.clone();
    if (changed.length > 0)
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  private byte[] noise() {
    byte[] noise = new byte[1 + random.nextInt(8)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] word() {
    return WORDS.get(random.nextInt(WORDS.size())).getBytes(UTF_8);
  }

  private static byte[] joined(byte[] bytes, int head, byte[] middle, int tail) {
    var out = new ByteArrayOutputStream();
    out.write(bytes, 0, head);
    out.writeBytes(middle);
    out.write(bytes, tail, bytes.length - tail);
    return out.toByteArray();
  }
}

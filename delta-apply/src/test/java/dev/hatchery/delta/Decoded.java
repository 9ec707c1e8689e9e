package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;

/** Applies patches of one base in memory, all with one codec, which is costly to make. */
final class Decoded {
  private final Memory base;
  private final Memory target = new Memory();
  private final TensorCodec codec;

  Decoded(byte... base) {
    this.base = new Memory(base);
    this.codec = new TensorCodec(new Prediction(this.base, target));
  }

  /** The result; what is wrong with the patch is thrown. */
  byte[] of(byte[] patch) throws BadPatch, IOException {
    var start = Checkpoint.START;
    whole(new Decoder(base, new Memory(patch), target.cleared(), start, codec));
    return target.toBytes();
  }

  static void whole(Decoder decoder) throws BadPatch, IOException {
    decoder.requireBase();
    while (decoder.next()) {}
    decoder.requireResult();
  }

  /** What is wrong with a patch that must not be applied. */
  BadPatch.Reason reason(byte[] patch) throws IOException {
    try {
      of(patch);
    } catch (BadPatch bad) {
      assertThat(bad).hasMessageMatching("(?s).{10,200}");
      return bad.reason();
    }
    return fail("a bad patch was applied");
  }
}

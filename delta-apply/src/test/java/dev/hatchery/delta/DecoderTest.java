package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.delta.Samples.Sample;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small patches of every kind: applied, broken, cut, and taken up again. */
final class DecoderTest {
  static Set<String> samples() {
    return Samples.all().keySet();
  }

  private static Sample sample(String name) {
    return Objects.requireNonNull(Samples.all().get(name));
  }

  private static Decoder decoder(Sample sample, Target target, Checkpoint from)
      throws BadPatch, IOException {
    return new Decoder(new Memory(sample.base), new Memory(sample.patch), target, from);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aPatchMakesItsResult(String name) throws Exception {
    Sample sample = sample(name);

    assertThat(new Decoded(sample.base).of(sample.patch)).isEqualTo(sample.result);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aPatchCutAnywhereIsRefused(String name) throws IOException {
    Sample sample = sample(name);
    var decoded = new Decoded(sample.base);
    for (int length = 0; length < sample.patch.length; length++) {
      assertThat(decoded.reason(Arrays.copyOf(sample.patch, length)))
          .isEqualTo(BadPatch.Reason.LENGTH);
    }
    byte[] longer = Arrays.copyOf(sample.patch, sample.patch.length + 1);
    assertThat(decoded.reason(longer)).isEqualTo(BadPatch.Reason.LENGTH);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyBitThatFlipsIsNoticed(String name) throws IOException {
    Sample sample = sample(name);
    var decoded = new Decoded(sample.base);
    for (int bit = 0; bit < 8 * sample.patch.length; bit++) {
      byte[] flipped = sample.patch.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      BadPatch.Reason expected =
          bit < 24
              ? BadPatch.Reason.NOT_A_PATCH
              : bit < 32 ? BadPatch.Reason.VERSION : BadPatch.Reason.CHECKSUM;
      assertThat(decoded.reason(flipped)).as("bit %d", bit).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aDecoderGoesOnFromEveryCheckpoint(String name) throws Exception {
    Sample sample = sample(name);
    Memory first = new Memory();
    Decoder before = decoder(sample, first, Checkpoint.START);
    boolean more = true;
    while (more) {
      Checkpoint checkpoint = before.checkpoint();
      Memory second = new Memory(first.toBytes());
      Decoder after = decoder(sample, second, checkpoint);
      Decoded.whole(after);
      assertThat(second.toBytes()).isEqualTo(sample.result);
      assertThat(after.checkpoint().frame())
          .isEqualTo(sample.patch.length > 92 ? frames(sample) : 0);
      more = before.next();
    }
  }

  private static int frames(Sample sample) throws Exception {
    return Decoder.header(new Memory(sample.patch)).frames();
  }

  @Test
  void anotherBaseIsRefusedBeforeAnythingIsWritten() throws Exception {
    Sample sample = sample("bytes");
    byte[] other = sample.base.clone();
    other[89] ^= 1;
    Memory target = new Memory();

    for (byte[] base : new byte[][] {other, Arrays.copyOf(sample.base, 89), new byte[0]}) {
      assertThat(new Decoded(base).reason(sample.patch)).isEqualTo(BadPatch.Reason.BASE);
      var decoder =
          new Decoder(new Memory(base), new Memory(sample.patch), target, Checkpoint.START);
      assertThatThrownBy(decoder::requireBase).isInstanceOf(BadPatch.class);
    }
    assertThat(target.size()).isZero();
  }

  @Test
  void aResultThatIsNotThePromisedOneIsRefused() throws IOException {
    Sample sample = sample("bytes");
    byte[] wanted = sample.result.clone();
    wanted[150] ^= 1;
    PatchOut other = new PatchOut(sample.base, wanted);
    other.frame(new FrameOut().literal(0, sample.result));

    assertThat(new Decoded(sample.base).reason(other.toBytes())).isEqualTo(BadPatch.Reason.RESULT);
  }

  @Test
  void aCheckpointOfAnotherPatchIsRefused() {
    Sample sample = sample("bytes");
    long end = sample.patch.length;
    for (Checkpoint wrong :
        new Checkpoint[] {
          new Checkpoint(3, 92, List.of()),
          new Checkpoint(-1, 92, List.of()),
          new Checkpoint(0, end + 1, List.of()),
          new Checkpoint(0, 0, List.of()),
          new Checkpoint(1, 92, List.of(0L)),
          new Checkpoint(1, 92, List.of(0L, 201L)),
          new Checkpoint(1, 92, List.of(-1L, 9L)),
          new Checkpoint(1, 92, List.of(9L, 5L)),
          new Checkpoint(1, 92, List.of(0L, 20L, 10L, 30L)),
        }) {
      assertThatThrownBy(() -> decoder(sample, new Memory(), wrong))
          .as(wrong.toString())
          .isInstanceOf(BadPatch.class);
    }
  }

  @Test
  void aCheckpointBetweenFramesIsNotOne() throws Exception {
    Sample sample = sample("bytes");
    var decoder = decoder(sample, new Memory(), new Checkpoint(0, 100, List.of()));

    assertThatThrownBy(decoder::next).isInstanceOf(BadPatch.class);
  }
}

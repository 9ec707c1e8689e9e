package dev.hatchery.pipeline.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is done to a file, it is read or refused as malformed. */
final class HostileModelTest {
  private static final byte[] WHOLE = Built.convolutions(13);

  @Test
  void mutationsAreReadOrRefused() {
    mutate(20_000);
  }

  @Tag("slow")
  @Test
  void aMillionMutationsAreReadOrRefused() {
    mutate(1_000_000);
  }

  private static void mutate(int times) {
    int read = 0;
    for (long seed = 0; seed < times; seed++) {
      try {
        if (survives(mutated(seed))) read++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    // Both ends are reached, or the mutations would show nothing.
    assertThat(read).isBetween(times / 100, times - times / 100);
  }

  private static boolean survives(byte[] file) {
    try {
      Model model = Model.read(file);
      model.inputs();
      for (Weight weight : model.weights()) weight.floats();
      assertThat(Model.read(model.bytes()).bytes()).isEqualTo(model.bytes());
      return true;
    } catch (Refusal refusal) {
      if (refusal.code() != Code.MALFORMED_MODEL) throw refusal;
      return false;
    }
  }

  // Half of the changes hit what is not weights, which most of the file is.
  private static byte[] mutated(long seed) {
    var chance = new SplittableRandom(seed);
    byte[] file = WHOLE.clone();
    int changes = 1 + chance.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = chance.nextInt(chance.nextBoolean() ? file.length : 700);
      file[at] = (byte) chance.nextInt();
    }
    if (chance.nextInt(5) > 0) return file;
    return Arrays.copyOf(file, chance.nextInt(file.length));
  }

  @Test
  void anotherKindOfFileIsRefused() {
    assertThatThrownBy(() -> Model.read(new byte[100]))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no ONNX file");
  }

  @Test
  void whatIsReadAndWrittenAgainIsTheSameModel() {
    Model model = Model.read(WHOLE);

    assertThat(model.nodes()).hasSize(9);
    assertThat(model.weights()).hasSize(6);
    assertThat(model.inputs()).containsExactly(new Port("image", true, List.of(0L, 1L, 16L, 16L)));
    assertThat(Model.read(model.bytes()).bytes()).isEqualTo(model.bytes());
    assertThat(model.fresh("conv1")).isEqualTo("conv1_2");
  }
}

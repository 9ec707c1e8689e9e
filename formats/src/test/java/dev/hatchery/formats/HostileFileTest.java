package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is done to a file, it is read as something sound or refused as malformed. */
final class HostileFileTest {
  static Set<String> samples() {
    return Samples.all().keySet();
  }

  private static byte[] sample(String name) {
    return Objects.requireNonNull(Samples.all().get(name));
  }

  /** True for a file that is read. */
  private static boolean survives(byte[] bytes) {
    MemorySegment file = MemorySegment.ofArray(bytes);
    try {
      ModelFile read = ModelFile.read(file);
      Read.sound(read, bytes.length);
      for (ExternalTensor e : read.externals()) {
        Read.sound(ModelFile.readExternal(read, e.location(), file), bytes.length);
      }
      return true;
    } catch (Refusal refusal) {
      if (refusal.code() != Code.MALFORMED_MODEL) throw new AssertionError(refusal);
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void samplesAreSound(String name) {
    ModelFile read = Read.file(sample(name));

    assertThat(read.format().name().toLowerCase(Locale.ROOT))
        .isEqualTo(name.replaceAll("[0-9]", ""));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aFileCutAnywhereEndsInAValueOrARefusal(String name) {
    byte[] whole = sample(name);
    int read = 0;
    for (int length = 0; length < whole.length; length++) {
      if (survives(Arrays.copyOf(whole, length))) read++;
    }
    // Cut before its first bytes say what it is, it is opaque; an ONNX file may also lose fields.
    assertThat(read).isBetween(3, whole.length / 2);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyBitMayFlip(String name) {
    byte[] whole = sample(name);
    int read = 0;
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      if (survives(flipped)) read++;
    }
    assertThat(read).isBetween(1, 8 * whole.length - 1);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void mutationsEndInAValueOrARefusal(String name) {
    mutate(name, 200_000);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("samples")
  void aMillionMutationsEndInAValueOrARefusal(String name) {
    mutate(name, 1_000_000);
  }

  private static void mutate(String name, int times) {
    byte[] whole = sample(name);
    int read = 0;
    for (long seed = 0; seed < times; seed++) {
      byte[] bytes = Mutation.of(whole, seed);
      try {
        if (survives(bytes)) read++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(name + " with seed " + seed, e);
      }
    }
    // Both ends are reached, or the mutations would show nothing.
    assertThat(read).isBetween(times / 100, times - times / 100);
  }

  @Test
  void skimmingNeverRefuses() {
    for (byte[] sample : Samples.all().values()) {
      for (long seed = 0; seed < 1000; seed++) {
        byte[] bytes = Mutation.of(sample, seed);
        ModelFile read = ModelFile.skim(MemorySegment.ofArray(bytes));
        Read.sound(read, bytes.length);
      }
    }
  }
}

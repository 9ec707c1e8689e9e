package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Reads files that are in memory, and says what must hold of whatever is read. */
final class Read {
  private Read() {}

  static ModelFile file(byte[] bytes) {
    ModelFile file = ModelFile.read(MemorySegment.ofArray(bytes));
    sound(file, bytes.length);
    return file;
  }

  /** The refusal with which a file ends; anything else fails. */
  static Refusal refused(byte[] bytes) {
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> ModelFile.read(MemorySegment.ofArray(bytes)));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(Code.MALFORMED_MODEL);
    assertThat(ModelFile.skim(MemorySegment.ofArray(bytes)).format()).isEqualTo(Format.OPAQUE);
    return refusal;
  }

  static Tensor tensor(ModelFile file, String name) {
    return file.tensors().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  static byte[] content(byte[] file, Tensor tensor) {
    return Arrays.copyOfRange(file, (int) tensor.offset(), (int) tensor.end());
  }

  /** What no file, however hostile, may break. Plain checks, since millions of files pass here. */
  static void sound(ModelFile file, long size) {
    long end = 0;
    Set<String> names = new HashSet<>();
    for (Tensor tensor : file.tensors()) {
      boolean apart = tensor.offset() >= end && tensor.end() <= size && tensor.length() > 0;
      if (!apart) throw new AssertionError(tensor + " behind " + end + " in " + size);
      if (tensor.type().length(tensor.shape()).orElseThrow() != tensor.length()) {
        throw new AssertionError(tensor.toString());
      }
      if (!names.add(tensor.name())) throw new AssertionError("twice: " + tensor);
      if (!tensor.scaling().map(s -> inside(s, size)).orElse(true)) {
        throw new AssertionError(tensor + " in " + size);
      }
      end = tensor.end();
    }
  }

  private static boolean inside(Scaling scaling, long size) {
    boolean scales = scaling.offset() >= 0 && scaling.offset() + scaling.length() <= size;
    return scales
        && switch (scaling.zeroPoints().orElse(new ZeroPoints.Same(0))) {
          case ZeroPoints.Same _ -> true;
          case ZeroPoints.Stored z -> z.offset() >= 0 && z.offset() + z.length() <= size;
        };
  }
}

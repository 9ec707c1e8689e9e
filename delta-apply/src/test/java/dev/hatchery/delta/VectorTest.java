package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of docs/delta-format.md that any decoder must be able to decode. */
final class VectorTest {
  private static final Path FOLDER = Path.of("src/test/resources/vectors");

  static List<String> vectors() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".patch"))
          .map(name -> name.substring(0, name.length() - 6))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aVectorIsDecoded(String name) throws Exception {
    byte[] base = Files.readAllBytes(FOLDER.resolve(name + ".base"));
    byte[] patch = Files.readAllBytes(FOLDER.resolve(name + ".patch"));
    byte[] result = Files.readAllBytes(FOLDER.resolve(name + ".result"));

    assertThat(new Decoded(base).of(patch)).isEqualTo(result);
  }
}

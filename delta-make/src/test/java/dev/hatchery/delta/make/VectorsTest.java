package dev.hatchery.delta.make;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.delta.PatchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The test vectors in the decoder's resources; {@code -Dvectors=write} makes them anew. A patch
 * that is there is never compared by its bytes: an encoder may improve, and old patches stay valid.
 */
final class VectorsTest {
  private static final Path FOLDER = Path.of("../delta-apply/src/test/resources/vectors");
  private static final int LARGEST = 20_000;

  @TempDir Path folder;

  private byte[] applied(Path base, Path patch) throws Exception {
    Path out = folder.resolve("out");
    PatchFile.apply(base, patch, out);
    return Files.readAllBytes(out);
  }

  @Test
  void whatTheEncoderMakesTodayIsDecoded() throws Exception {
    for (Vectors.Vector vector : Vectors.all()) {
      Path patch = folder.resolve(vector.name() + ".patch");
      Files.write(patch, Vectors.patch(vector, folder));
      byte[] result = applied(folder.resolve(vector.name() + ".base"), patch);

      assertThat(result).as(vector.name()).isEqualTo(vector.result());
    }
  }

  @Test
  void theFilesAreThereForEveryVector() throws Exception {
    boolean write = "write".equals(System.getProperty("vectors"));
    if (write) Files.createDirectories(FOLDER);
    for (Vectors.Vector vector : Vectors.all()) {
      Path base = FOLDER.resolve(vector.name() + ".base");
      Path patch = FOLDER.resolve(vector.name() + ".patch");
      Path result = FOLDER.resolve(vector.name() + ".result");
      if (write) {
        Files.write(base, vector.base());
        Files.write(result, vector.result());
        Files.write(patch, Vectors.patch(vector, folder));
      }
      assertThat(applied(base, patch)).isEqualTo(Files.readAllBytes(result));
      for (Path file : new Path[] {base, patch, result}) {
        assertThat(Files.size(file)).as(file.toString()).isLessThan(LARGEST);
      }
    }
  }
}

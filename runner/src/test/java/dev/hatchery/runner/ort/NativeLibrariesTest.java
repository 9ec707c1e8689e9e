package dev.hatchery.runner.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibrariesTest {
  private final Path root;

  NativeLibrariesTest(@TempDir Path root) {
    this.root = root;
  }

  @Test
  void unpacksOnceAndLeavesNothingElseBehind() throws IOException {
    Path folder = NativeLibraries.unpack(root).orElseThrow();
    Path library = folder.resolve(System.mapLibraryName("onnxruntime"));
    FileTime unpacked = Files.getLastModifiedTime(library);

    assertThat(NativeLibraries.unpack(root)).contains(folder);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(unpacked);
    assertThat(root).isDirectoryContaining(folder::equals).isDirectoryNotContaining("glob:**/.*");
    assertThat(folder.resolve(System.mapLibraryName("onnxruntime4j_jni"))).isNotEmptyFile();
  }

  @Test
  void severalAtOnceAgreeOnOneFolder() throws Exception {
    try (var threads = Executors.newFixedThreadPool(3)) {
      List<Future<Path>> folders =
          threads.invokeAll(List.of(this::unpacked, this::unpacked, this::unpacked));
      for (Future<Path> folder : folders) {
        assertThat(folder.get()).isEqualTo(unpacked());
      }
    }
    try (var left = Files.list(root)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsToldWithWhatToDo() throws IOException {
    Path file = Files.createFile(root.resolve("file"));

    assertThatThrownBy(() -> NativeLibraries.unpack(file))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(Code.STORAGE);
              assertThat(refusal.problem().fix()).contains("--native-dir");
            });
  }

  private Path unpacked() {
    return NativeLibraries.unpack(root).orElseThrow();
  }
}

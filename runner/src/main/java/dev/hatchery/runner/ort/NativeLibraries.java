package dev.hatchery.runner.ort;

import ai.onnxruntime.OrtEnvironment;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's native code in a folder of ours. Left alone, the library unpacks 28 MB into the
 * temporary folder at each start and removes them at the end, which a kill prevents; and processes
 * that each have their own copy share none of it in memory.
 */
public final class NativeLibraries {
  private static final String PATH_PROPERTY = "onnxruntime.native.path";
  private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");

  private NativeLibraries() {}

  /**
   * Unpacks the libraries below {@code root} unless they are there, and has this process use them.
   * To be called before the first model is loaded; several processes may do so at once. Where the
   * library has no native code for this machine nothing is done: loading will say so.
   *
   * @throws Refusal with {@link Code#STORAGE} when the folder cannot be written
   */
  public static void keepIn(Path root) {
    unpack(root).ifPresent(folder -> System.setProperty(PATH_PROPERTY, folder.toString()));
  }

  /** The folder that holds the libraries; empty when there are none for this machine. */
  static Optional<Path> unpack(Path root) {
    String platform = platform();
    String version = OrtEnvironment.class.getPackage().getImplementationVersion();
    if (version == null || resource(platform, NAMES.getFirst()) == null) {
      return Optional.empty();
    }
    Path folder = root.resolve("onnxruntime-" + version + "-" + platform).toAbsolutePath();
    try {
      if (!Files.isDirectory(folder)) {
        unpack(platform, folder);
      }
      return Optional.of(folder);
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "ONNX Runtime's native code cannot be unpacked")
          .at(folder.toString())
          .got(e)
          .fix("give --native-dir a folder that this user can write, with 40 MB free")
          .cause(e);
    }
  }

  private static String platform() {
    return System.getProperty("os.arch", "").equals("aarch64") ? "linux-aarch64" : "linux-x64";
  }

  // The folder gets its name when it is complete, so that whoever sees it can use it.
  private static void unpack(String platform, Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    Path making = Files.createTempDirectory(folder.getParent(), ".onnxruntime-");
    try {
      for (String name : NAMES) {
        URL library = resource(platform, name);
        if (library == null) {
          throw new FileSystemException(name, null, "the ONNX Runtime jar has no such library");
        }
        try (InputStream in = library.openStream()) {
          Files.copy(in, making.resolve(System.mapLibraryName(name)));
        }
      }
      Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Another process was first: rename(2) refuses to replace a folder that is not empty.
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    } finally {
      removeLeftovers(making);
    }
  }

  private static @Nullable URL resource(String platform, String name) {
    return OrtEnvironment.class.getResource(
        "/ai/onnxruntime/native/" + platform + "/" + System.mapLibraryName(name));
  }

  private static void removeLeftovers(Path folder) throws IOException {
    for (String name : NAMES) {
      Files.deleteIfExists(folder.resolve(System.mapLibraryName(name)));
    }
    Files.deleteIfExists(folder);
  }
}

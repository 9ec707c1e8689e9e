package dev.hatchery.examples.inspection.demo;

import dev.hatchery.examples.inspection.GoldenTiles;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What CI has after training: the model, its golden samples, and the bundle.yaml that describes
 * them.
 */
final class BundleFolder {
  private BundleFolder() {}

  /** Writes them below {@code ci} and returns the folder. */
  static Path write(Path ci, TrainedRelease release, int counter, String how) throws IOException {
    Path folder = Files.createDirectories(ci.resolve("inspection-" + release.id().version()));
    Files.write(folder.resolve("model.onnx"), release.onnx().toArray());
    Files.write(folder.resolve("golden.json"), Wire.GOLDEN.bytes(GoldenTiles.of(release.onnx())));
    Files.writeString(
        folder.resolve("bundle.yaml"),
        """
        # %s
        name: %s
        version: %s
        kind: model
        releaseCounter: %d
        trainingCommit: %s
        quantization: none
        runtimeHints: {input: image, output: probs, tiles: 32x32}
        compatibility:
          runtimes: {onnxruntime: ">=1.20 <2"}
        files:
          - {path: model.onnx, from: model.onnx, kind: weight}
          - {path: golden.json, from: golden.json, kind: golden}
        """
            .formatted(
                how,
                release.id().name(),
                release.id().version(),
                counter,
                release.onnx().digest().brief()));
    return folder;
  }
}

package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.bytes;

import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A bundle's folder, written by hand. */
record BundleFolder(Path folder, Manifest manifest) {
  byte[] json() {
    return Wire.MANIFEST.bytes(manifest);
  }

  static BundleFolder write(Path folder, String release, String model, String... signatures)
      throws IOException {
    List<FileEntry> files = new ArrayList<>();
    files.add(file(folder, "model.onnx", model, FileEntry.Kind.WEIGHT));
    files.add(file(folder, "config/labels.json", "[\"ok\",\"scratch\"]", FileEntry.Kind.CONFIG));
    files.add(file(folder, "golden.json", "{}", FileEntry.Kind.GOLDEN));
    files.add(file(folder, "sbom.cdx.json", "{\"bomFormat\":\"CycloneDX\"}", FileEntry.Kind.SBOM));
    Manifest manifest =
        new Manifest(
            Manifest.Kind.MODEL,
            ReleaseId.parse(release),
            1,
            files,
            "0123abc",
            "none",
            Map.of(),
            Compatibility.ANY,
            Optional.empty(),
            "sbom.cdx.json",
            Optional.empty());
    Files.write(folder.resolve("manifest.json"), Wire.MANIFEST.bytes(manifest));
    Files.createDirectories(folder.resolve("signatures"));
    for (String name : signatures) sign(folder, name);
    return new BundleFolder(folder, manifest);
  }

  static void sign(Path folder, String name) throws IOException {
    Files.writeString(
        folder.resolve("signatures/" + name + ".sigstore.json"), "{\"by\":\"" + name + "\"}");
  }

  static Digest signature(String name) {
    return Digest.of(bytes("{\"by\":\"" + name + "\"}"));
  }

  private static FileEntry file(Path folder, String path, String content, FileEntry.Kind kind)
      throws IOException {
    Path file = folder.resolve("files").resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, content);
    return new FileEntry(path, bytes(content).length, Digest.of(bytes(content)), kind);
  }
}

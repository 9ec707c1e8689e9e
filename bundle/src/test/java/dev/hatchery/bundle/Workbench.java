package dev.hatchery.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A folder with a bundle.yaml and what it names, for tests to pack from. */
record Workbench(Path folder) {
  static final String SPEC =
      """
      name: inspection
      version: 1.2.0
      kind: model
      releaseCounter: 3
      trainingCommit: 4f60505c0ffee
      quantization: int8-static
      runtimeHints:
        input: image
      compatibility:
        cpuArch: [aarch64, amd64]
        runtimes:
          onnxruntime: ">=1.20 <2"
      files:
        - path: model.onnx
          from: out/model.onnx
          kind: weight
        - path: config/labels.txt
          from: labels.txt
          kind: config
        - path: config/thresholds.json
          from: thresholds.json
          kind: config
        - path: golden.json
          from: golden.json
          kind: golden
      card:
        task: image-classification
        architecture: convolutional network, 4 layers
        license: Apache-2.0
        datasets: [procedural surfaces]
        metrics:
          accuracy: 0.981
          recall: 0.97
      """;

  static Workbench in(Path folder) {
    Workbench bench = new Workbench(folder);
    bench.write("bundle.yaml", SPEC);
    bench.write("out/model.onnx", "weights ".repeat(50_000));
    bench.write("labels.txt", "good\nscratch\ndent\n");
    bench.write("thresholds.json", "{}");
    bench.write("golden.json", "{\"samples\":[]}");
    return bench;
  }

  Path write(String name, String content) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling("."));
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BundleSpec spec() {
    return BundleSpec.read(folder.resolve("bundle.yaml"));
  }

  BundleSpec spec(String yaml) {
    return BundleSpec.read(write("bundle.yaml", yaml));
  }

  Bundle pack(String name) {
    return Packer.pack(spec(), folder.resolve(name));
  }

  /** Every file below this folder, by relative path; folders end in a slash. */
  static Map<String, String> tree(Path top) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (var paths = Files.walk(top)) {
      for (Path path : paths.toList()) {
        String name = top.relativize(path).toString();
        if (Files.isDirectory(path)) tree.put(name + "/", "");
        else tree.put(name, new String(Files.readAllBytes(path), UTF_8));
      }
    }
    return tree;
  }
}

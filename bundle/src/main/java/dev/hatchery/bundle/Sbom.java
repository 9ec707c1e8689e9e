package dev.hatchery.bundle;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A CycloneDX 1.6 ML-BOM: the model as a component, its files with their hashes, and a model card
 * of what is known. It says nothing about when it was made, so the same bundle has the same SBOM.
 */
final class Sbom {
  private Sbom() {}

  /** The SBOM's bytes. {@code files} are all files of the bundle but the SBOM itself. */
  static byte[] write(BundleSpec spec, List<FileEntry> files) {
    Node component = component(spec, files);
    List<Node> parts = files.stream().map(Sbom::file).toList();
    Digest content =
        Digest.of(Json.write(Tree.list(List.of(component, Tree.list(parts, p -> p)), n -> n)));
    return Json.write(
        Tree.object()
            .put("bomFormat", "CycloneDX")
            .put("specVersion", "1.6")
            .put("serialNumber", "urn:uuid:" + uuid(content))
            .put("version", 1)
            .put("metadata", Tree.object().put("component", component).done())
            .put("components", Tree.list(parts, p -> p))
            .done());
  }

  private static Node component(BundleSpec spec, List<FileEntry> files) {
    List<FileEntry> weights =
        files.stream().filter(f -> f.kind() == FileEntry.Kind.WEIGHT).toList();
    Tree tree =
        Tree.object()
            .put("type", type(spec.kind()))
            .put("bom-ref", spec.release())
            .put("name", spec.release().name())
            .put("version", spec.release().version())
            .list("hashes", weights, false, Sbom::hash);
    spec.card()
        .license()
        .ifPresent(
            license ->
                tree.list(
                    "licenses",
                    List.of(license),
                    true,
                    l -> Tree.object().put("expression", l).done()));
    return switch (spec.kind()) {
      case MODEL, ADAPTER -> tree.put("modelCard", modelCard(spec)).done();
      case FIRMWARE -> tree.put("properties", properties(spec)).done();
    };
  }

  private static String type(Manifest.Kind kind) {
    return switch (kind) {
      case MODEL, ADAPTER -> "machine-learning-model";
      case FIRMWARE -> "firmware";
    };
  }

  private static Node modelCard(BundleSpec spec) {
    ModelCard card = spec.card();
    Node parameters =
        Tree.object()
            .maybe("task", card.task())
            .maybe("modelArchitecture", card.architecture())
            .list("datasets", card.datasets(), false, Sbom::dataset)
            .done();
    Tree tree = Tree.object().put("modelParameters", parameters);
    if (!card.metrics().isEmpty()) {
      Node metrics = Tree.list(card.metrics().entrySet(), Sbom::metric);
      tree.put("quantitativeAnalysis", Tree.object().put("performanceMetrics", metrics).done());
    }
    return tree.put("properties", properties(spec)).done();
  }

  private static Node dataset(String name) {
    return Tree.object().put("type", "dataset").put("name", name).done();
  }

  private static Node metric(Map.Entry<String, String> metric) {
    return Tree.object().put("type", metric.getKey()).put("value", metric.getValue()).done();
  }

  private static Node properties(BundleSpec spec) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("hatchery:kind", Fields.word(spec.kind()));
    properties.put("hatchery:quantization", spec.quantization());
    properties.put("hatchery:releaseCounter", Long.toString(spec.releaseCounter()));
    properties.put("hatchery:trainingCommit", spec.trainingCommit());
    spec.base().ifPresent(base -> properties.put("hatchery:base", base.toString()));
    return Tree.list(
        properties.entrySet(),
        p -> Tree.object().put("name", p.getKey()).put("value", p.getValue()).done());
  }

  private static Node file(FileEntry file) {
    return Tree.object()
        .put("type", "file")
        .put("bom-ref", Bundle.FILES + "/" + file.path())
        .put("name", file.path())
        .list("hashes", List.of(file), true, Sbom::hash)
        .done();
  }

  private static Node hash(FileEntry file) {
    return Tree.object().put("alg", "SHA-256").put("content", file.sha256().hex()).done();
  }

  // RFC 9562, 5.8: a UUID of our own making, here from a hash instead of from chance.
  private static UUID uuid(Digest digest) {
    ByteBuffer bytes = ByteBuffer.wrap(digest.bytes());
    long high = (bytes.getLong() & ~0xF000L) | 0x8000L;
    long low = (bytes.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}

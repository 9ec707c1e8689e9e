package dev.hatchery.client.oci;

import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One artifact: a config and layers (image-spec 1.1, manifest.md). */
public record ImageManifest(
    String mediaType,
    Optional<String> declaredType,
    Descriptor config,
    List<Descriptor> layers,
    Optional<Descriptor> subject,
    Map<String, String> annotations)
    implements OciDocument {

  public ImageManifest {
    layers = List.copyOf(layers);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** image-spec 1.1, manifest.md: without an artifactType, the config's media type tells. */
  @Override
  public Optional<String> artifactType() {
    return declaredType.or(() -> Optional.of(config.mediaType()));
  }

  /** The same manifest always has the same bytes, so pushing a bundle twice is one push. */
  @Override
  public byte[] bytes() {
    Tree tree =
        Tree.object()
            .put("schemaVersion", 2)
            .put("mediaType", mediaType)
            .maybe("artifactType", declaredType)
            .put("config", config.write())
            .list("layers", layers, true, Descriptor::write)
            .maybe("subject", subject.map(Descriptor::write));
    if (!annotations.isEmpty()) tree.put("annotations", Tree.map(annotations, Tree::text));
    return Json.write(tree.done());
  }

  static ImageManifest read(Node node, String mediaType) {
    return Fields.readOpen(
        node,
        f -> {
          OciDocument.checkVersion(f);
          return new ImageManifest(
              mediaType,
              f.maybe("artifactType", Fields::text),
              f.get("config", Descriptor::read),
              f.list("layers", Descriptor::read),
              f.maybe("subject", Descriptor::read),
              f.map("annotations", key -> key, Fields::text));
        });
  }
}

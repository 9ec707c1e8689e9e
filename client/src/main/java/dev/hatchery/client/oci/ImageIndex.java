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

/** A list of manifests (image-spec 1.1, image-index.md); also the answer of the referrers API. */
public record ImageIndex(
    String mediaType,
    Optional<String> artifactType,
    List<Descriptor> manifests,
    Optional<Descriptor> subject,
    Map<String, String> annotations)
    implements OciDocument {

  public ImageIndex {
    manifests = List.copyOf(manifests);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  public static ImageIndex of(List<Descriptor> manifests) {
    return new ImageIndex(
        Media.IMAGE_INDEX, Optional.empty(), manifests, Optional.empty(), Map.of());
  }

  @Override
  public byte[] bytes() {
    Tree tree =
        Tree.object()
            .put("schemaVersion", 2)
            .put("mediaType", mediaType)
            .maybe("artifactType", artifactType)
            .list("manifests", manifests, true, Descriptor::write)
            .maybe("subject", subject.map(Descriptor::write));
    if (!annotations.isEmpty()) tree.put("annotations", Tree.map(annotations, Tree::text));
    return Json.write(tree.done());
  }

  static ImageIndex read(Node node, String mediaType) {
    return Fields.readOpen(
        node,
        f -> {
          OciDocument.checkVersion(f);
          return new ImageIndex(
              mediaType,
              f.maybe("artifactType", Fields::text),
              f.list("manifests", Descriptor::read),
              f.maybe("subject", Descriptor::read),
              f.map("annotations", key -> key, Fields::text));
        });
  }
}

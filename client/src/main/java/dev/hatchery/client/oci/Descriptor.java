package dev.hatchery.client.oci;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Content by type, digest and size (image-spec 1.1, descriptor.md). Fields that Hatchery has no use
 * for, such as {@code platform} or {@code data}, are read over.
 *
 * @param size bytes
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    Optional<String> artifactType,
    Map<String, String> annotations) {
  private static final int MAX_MEDIA_TYPE = 255;

  public Descriptor {
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    if (mediaType.isEmpty() || mediaType.length() > MAX_MEDIA_TYPE) {
      throw Refusal.of(Code.BAD_INPUT, "a descriptor has no usable media type")
          .expected("1 to " + MAX_MEDIA_TYPE + " characters")
          .got(mediaType);
    }
    if (size < 0) {
      throw Refusal.of(Code.SIZE, "a descriptor has a negative size").got(size);
    }
  }

  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(mediaType, digest, size, Optional.empty(), Map.of());
  }

  public static Descriptor of(String mediaType, byte[] content) {
    return of(mediaType, Digest.of(content), content.length);
  }

  public Descriptor with(Map<String, String> annotations) {
    return new Descriptor(mediaType, digest, size, artifactType, annotations);
  }

  public Descriptor with(Optional<String> artifactType) {
    return new Descriptor(mediaType, digest, size, artifactType, annotations);
  }

  public Optional<String> annotation(String key) {
    return Optional.ofNullable(annotations.get(key));
  }

  public Node write() {
    Tree tree =
        Tree.object()
            .put("mediaType", mediaType)
            .put("digest", digest)
            .put("size", size)
            .maybe("artifactType", artifactType);
    if (!annotations.isEmpty()) tree.put("annotations", Tree.map(annotations, Tree::text));
    return tree.done();
  }

  public static Descriptor read(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new Descriptor(
                f.text("mediaType"),
                f.parsed("digest", Digest::parse),
                f.integer("size"),
                f.maybe("artifactType", Fields::text),
                f.map("annotations", key -> key, Fields::text)));
  }
}

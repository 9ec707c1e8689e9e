package dev.hatchery.client.oci;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.util.Map;
import java.util.Optional;

/** What a registry holds under a tag: an {@link ImageManifest} or an {@link ImageIndex}. */
public sealed interface OciDocument permits ImageManifest, ImageIndex {
  /** Registries need not take more (distribution-spec 1.1, Pushing manifests). */
  DataSize MAX_SIZE = DataSize.mib(4);

  String mediaType();

  /** What kind of artifact this is; for an image manifest that does not say, its config's type. */
  Optional<String> artifactType();

  /** The manifest this one is about, for example the one it signs. */
  Optional<Descriptor> subject();

  Map<String, String> annotations();

  byte[] bytes();

  /** How others refer to this document when these were its bytes. */
  default Descriptor describe(byte[] bytes) {
    return Descriptor.of(mediaType(), bytes).with(artifactType()).with(annotations());
  }

  /**
   * Reads a manifest or an index, whichever it says it is. Refuses BAD_INPUT when the document does
   * not carry the type under which it came.
   *
   * @param mediaType the type under which it came, when one was said
   */
  static OciDocument parse(byte[] bytes, Optional<String> mediaType, String source) {
    Node root = Json.parse(bytes, MAX_SIZE, source);
    Optional<String> inside = Fields.readOpen(root, f -> f.maybe("mediaType", Fields::text));
    String type =
        mediaType
            .or(() -> inside)
            .orElseThrow(
                () ->
                    Refusal.of(Code.BAD_INPUT, "a manifest does not say its media type")
                        .at(source)
                        .expected("one of " + String.join(", ", Media.MANIFESTS)));
    if (!inside.orElse(type).equals(type)) {
      throw Refusal.of(Code.BAD_INPUT, "a manifest came under another media type than its own")
          .at(source)
          .expected(inside.orElse(""))
          .got(type);
    }
    return switch (type) {
      case Media.IMAGE_MANIFEST, Media.DOCKER_MANIFEST -> ImageManifest.read(root, type);
      case Media.IMAGE_INDEX, Media.DOCKER_LIST -> ImageIndex.read(root, type);
      default ->
          throw Refusal.of(Code.BAD_INPUT, "this is not a type of manifest")
              .at(source)
              .expected("one of " + String.join(", ", Media.MANIFESTS))
              .got(type);
    };
  }

  /** Both documents are of version 2 and say so. */
  static void checkVersion(Fields f) {
    long version = f.integer("schemaVersion");
    if (version != 2) {
      throw Refusal.of(Code.BAD_INPUT, "this manifest is of another version")
          .expected("schemaVersion 2")
          .got(version);
    }
  }
}

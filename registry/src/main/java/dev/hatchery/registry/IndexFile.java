package dev.hatchery.registry;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.Media;
import dev.hatchery.client.oci.Reference;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * index.json (image-spec 1.1, image-layout.md): one entry per tag, named {@code <repo>:<tag>}, and
 * one per manifest that no tag names, with its repository as an annotation of ours.
 */
final class IndexFile {
  static final DataSize MAX_SIZE = DataSize.mib(32);
  private static final String REPOSITORY = "dev.hatchery.repository";

  private IndexFile() {}

  /**
   * One entry.
   *
   * @param place empty when the entry is not ours
   */
  record Entry(Node node, Optional<Place> place) {}

  /** Where an entry of ours stands. */
  record Place(Name repo, Optional<String> tag, Descriptor manifest) {}

  static List<Entry> read(byte[] bytes, String source) {
    return Fields.readOpen(
        Json.parse(bytes, MAX_SIZE, source), f -> f.list("manifests", IndexFile::entry));
  }

  // Other tools write entries of their own; what does not read as ours is theirs.
  private static Entry entry(Node node) {
    try {
      return new Entry(node, place(Descriptor.read(node)));
    } catch (Refusal e) {
      return new Entry(node, Optional.empty());
    }
  }

  private static Optional<Place> place(Descriptor descriptor) {
    Optional<String> repository = descriptor.annotation(REPOSITORY);
    if (repository.isPresent()) {
      return Optional.of(new Place(new Name(repository.get()), Optional.empty(), descriptor));
    }
    String name = descriptor.annotation(Media.REF_NAME).orElse("");
    int colon = name.indexOf(':');
    if (colon < 0) return Optional.empty();
    return Optional.of(
        new Place(
            new Name(name.substring(0, colon)),
            Optional.of(new Reference.Tag(name.substring(colon + 1)).value()),
            descriptor));
  }

  static byte[] write(Catalog catalog) {
    List<Node> entries = new ArrayList<>(catalog.foreign());
    for (Name repo : catalog.repositories()) {
      Repository repository = catalog.repository(repo);
      var untagged = new TreeSet<>(repository.manifests().keySet());
      repository
          .tags()
          .forEach(
              (tag, digest) -> {
                untagged.remove(digest);
                entries.add(node(repository, digest, Media.REF_NAME, repo + ":" + tag));
              });
      untagged.forEach(digest -> entries.add(node(repository, digest, REPOSITORY, repo.value())));
    }
    return Json.write(
        Tree.object()
            .put("schemaVersion", 2)
            .put("mediaType", Media.IMAGE_INDEX)
            .put("manifests", new Node.Arr(entries, dev.hatchery.wire.tree.Place.NOWHERE))
            .done());
  }

  private static Node node(Repository repository, Digest digest, String key, String value) {
    CatalogEntry entry = repository.manifests().get(digest);
    if (entry == null) throw new AssertionError("a tag names no manifest: " + digest);
    return entry.descriptor().with(Map.of(key, value)).write();
  }
}

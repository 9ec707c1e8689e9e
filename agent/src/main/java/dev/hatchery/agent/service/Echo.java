package dev.hatchery.agent.service;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a service says it loaded.
 *
 * @param bundle the bundle's digest, which it can only know from the folder's name
 * @param files digests of the bytes it read, which prove more
 * @param shadow what it runs beside it; never one with a shadow of its own
 */
public record Echo(Optional<Digest> bundle, Map<String, Digest> files, Optional<Echo> shadow) {
  static final DataSize MAX = DataSize.kib(64);

  public Echo {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /** Of a service that runs no shadow. */
  public Echo(Optional<Digest> bundle, Map<String, Digest> files) {
    this(bundle, files, Optional.empty());
  }

  /**
   * Whether this proves that the bundle is what runs: every weight file's own digest, and no other
   * bundle named. A bundle without weights is proved by its name alone.
   */
  public boolean proves(Digest digest, Manifest manifest) {
    if (bundle.isPresent() && !bundle.get().equals(digest)) return false;
    boolean weights = false;
    for (FileEntry file : manifest.files()) {
      if (file.kind() != FileEntry.Kind.WEIGHT) continue;
      if (!file.sha256().equals(files.get(file.path()))) return false;
      weights = true;
    }
    return weights || bundle.isPresent();
  }

  /** Tolerant of what else a service tells; empty when it tells nothing of use. */
  static Optional<Echo> parse(byte[] json) {
    try {
      if (!(Json.parse(json, MAX, "model") instanceof Node.Obj top)) return Optional.empty();
      Echo served = echo(top);
      return Optional.of(
          top.fields().get("shadow") instanceof Node.Obj beside
              ? new Echo(served.bundle, served.files, Optional.of(echo(beside)))
              : served);
    } catch (Refusal nonsense) {
      return Optional.empty();
    }
  }

  private static Echo echo(Node.Obj told) {
    Map<String, Digest> files = new TreeMap<>();
    if (told.fields().get("files") instanceof Node.Obj listed) {
      listed.fields().forEach((path, node) -> digest(node).ifPresent(d -> files.put(path, d)));
    }
    Node bundle = told.fields().get("bundle");
    return new Echo(bundle == null ? Optional.empty() : digest(bundle), files);
  }

  private static Optional<Digest> digest(Node node) {
    try {
      return node instanceof Node.Text text
          ? Optional.of(Digest.parse(text.value()))
          : Optional.empty();
    } catch (Refusal noDigest) {
      return Optional.empty();
    }
  }
}

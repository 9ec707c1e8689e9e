package dev.hatchery.wire;

import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.StackVersion;
import dev.hatchery.core.VersionRange;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.Optional;

/** manifest.json. */
final class ManifestForm {
  static final Codec<Manifest> CODEC = Codec.of(ManifestForm::write, ManifestForm::read);

  /** Shared with bundle.yaml, where people write it. */
  static final Codec<Compatibility> COMPATIBILITY =
      Codec.of(ManifestForm::compatibility, ManifestForm::compatibility);

  private ManifestForm() {}

  private static Node write(Manifest manifest) {
    return Tree.object()
        .put("schema", "hatchery.manifest/v1")
        .put("kind", Fields.word(manifest.kind()))
        .put("release", manifest.release())
        .put("releaseCounter", manifest.releaseCounter())
        .list("files", manifest.files(), true, ManifestForm::file)
        .put("trainingCommit", manifest.trainingCommit())
        .put("quantization", manifest.quantization())
        .put("runtimeHints", Tree.map(manifest.runtimeHints(), Tree::text))
        .put("compatibility", compatibility(manifest.compatibility()))
        .maybe("base", manifest.base())
        .put("sbom", manifest.sbom())
        .maybe("provenance", manifest.provenance())
        .done();
  }

  private static Manifest read(Fields f) {
    Schema.check(f, "hatchery.manifest/v1");
    return new Manifest(
        f.get("kind", Fields.constant(Manifest.Kind.class)),
        f.parsed("release", ReleaseId::parse),
        f.integer("releaseCounter"),
        f.list("files", ManifestForm::file),
        f.text("trainingCommit"),
        f.text("quantization"),
        f.map("runtimeHints", key -> key, Fields::text),
        f.get("compatibility", COMPATIBILITY::read),
        f.maybeParsed("base", Digest::parse),
        f.text("sbom"),
        f.maybe("provenance", Fields::text));
  }

  private static Node file(FileEntry file) {
    return Tree.object()
        .put("path", file.path())
        .put("size", file.size())
        .put("sha256", file.sha256().hex())
        .put("kind", Fields.word(file.kind()))
        .done();
  }

  private static FileEntry file(Node node) {
    return Fields.read(
        node,
        f ->
            new FileEntry(
                f.text("path"),
                f.integer("size"),
                f.parsed("sha256", Digest::new),
                f.get("kind", Fields.constant(FileEntry.Kind.class))));
  }

  // What is not asked is left out: a manifest that asks no more than before reads as before.
  private static Node compatibility(Compatibility c) {
    Compatibility.Platform p = c.platform();
    return Tree.object()
        .list("cpuArch", c.cpuArchs(), false, Tree::text)
        .list("boards", c.boards(), false, Tree::text)
        .list("accelerators", c.accelerators(), false, Tree::text)
        .put("runtimes", Tree.map(c.runtimes(), Tree::text))
        .put("minRam", c.minRam())
        .list("os", p.oses(), false, Tree::text)
        .maybe("kernel", asked(p.kernel()))
        .maybe("driver", asked(p.driver()))
        .maybe("firmware", asked(p.firmware()))
        .list("pageSizes", p.pageSizes(), false, Tree::text)
        .maybe("minDisk", Optional.of(p.minDisk()).filter(size -> size.bytes() > 0))
        .put("onUnknown", c.warnOnUnknown() ? "warn" : "refuse")
        .done();
  }

  private static Optional<String> asked(Object range) {
    return Optional.of(range.toString()).filter(text -> !text.isEmpty());
  }

  private static Compatibility compatibility(Fields f) {
    Compatibility.Platform any = Compatibility.Platform.ANY;
    return new Compatibility(
        f.list("cpuArch", Fields::text),
        f.list("boards", Fields::text),
        f.list("accelerators", Fields::text),
        f.map("runtimes", key -> key, Fields.parsing(VersionRange::parse)),
        f.maybeParsed("minRam", DataSize::parse).orElse(new DataSize(0)),
        new Compatibility.Platform(
            f.list("os", Fields::text),
            f.maybeParsed("kernel", VersionRange::parse).orElse(any.kernel()),
            f.maybeParsed("driver", StackVersion::parse).orElse(any.driver()),
            f.maybeParsed("firmware", StackVersion::parse).orElse(any.firmware()),
            f.list("pageSizes", Fields.parsing(DataSize::parse)),
            f.maybeParsed("minDisk", DataSize::parse).orElse(any.minDisk())),
        f.or("onUnknown", Fields.constant(OnUnknown.class), OnUnknown.REFUSE) == OnUnknown.WARN);
  }

  private enum OnUnknown {
    REFUSE,
    WARN
  }
}

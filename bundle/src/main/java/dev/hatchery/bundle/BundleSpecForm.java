package dev.hatchery.bundle;

import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Version;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;

/** bundle.yaml. */
final class BundleSpecForm {
  private static final Digest ANY_DIGEST = Digest.of(new byte[0]);

  private final Path file;

  private BundleSpecForm(Path file) {
    this.file = file;
  }

  /** {@code from} paths are relative to the folder of this file. */
  static BundleSpec read(Node node, Path file) {
    return Fields.read(node, new BundleSpecForm(file)::spec);
  }

  private BundleSpec spec(Fields f) {
    return new BundleSpec(
        new ReleaseId(f.parsed("name", Name::new), f.parsed("version", Version::parse)),
        f.or("kind", Fields.constant(Manifest.Kind.class), Manifest.Kind.MODEL),
        f.integer("releaseCounter"),
        f.text("trainingCommit"),
        f.text("quantization", "none"),
        f.map("runtimeHints", key -> key, Fields::text),
        f.or("compatibility", Wire.COMPATIBILITY::read, Compatibility.ANY),
        f.maybeParsed("base", Digest::parse),
        f.list("files", node -> Fields.read(node, this::source)),
        f.or("card", node -> Fields.read(node, BundleSpecForm::card), ModelCard.EMPTY));
  }

  private BundleSpec.Source source(Fields f) {
    String path = f.parsed("path", BundleSpecForm::safe);
    return new BundleSpec.Source(
        path,
        f.maybeParsed("from", this::existing).orElseGet(() -> existing(path)),
        f.get("kind", Fields.constant(FileEntry.Kind.class)));
  }

  // The rule for paths is the manifest's; asked here, where the line is known.
  private static String safe(String path) {
    return new FileEntry(path, 0, ANY_DIGEST, FileEntry.Kind.WEIGHT).path();
  }

  private Path existing(String from) {
    try {
      Path source = file.resolveSibling(from);
      if (Files.isRegularFile(source)) return source;
    } catch (InvalidPathException e) {
      throw Refusal.of(Code.BAD_SPEC, "this is not a path").got(from).cause(e);
    }
    throw Refusal.of(Code.BAD_SPEC, "there is no such file to pack")
        .expected("a file, relative to this spec's folder")
        .got(from);
  }

  private static ModelCard card(Fields f) {
    return new ModelCard(
        f.maybe("task", Fields::text),
        f.maybe("architecture", Fields::text),
        f.maybe("license", Fields::text),
        f.list("datasets", Fields::text),
        f.map("metrics", Function.identity(), BundleSpecForm::figure));
  }

  private static String figure(Node node) {
    return switch (node) {
      case Node.Text text -> text.value();
      case Node.Int number -> Long.toString(number.value());
      case Node.Real number -> Double.toString(number.value());
      case Node.Obj _, Node.Arr _, Node.Bool _, Node.Nil _ -> Fields.text(node);
    };
  }
}

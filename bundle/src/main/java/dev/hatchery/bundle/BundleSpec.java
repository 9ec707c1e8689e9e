package dev.hatchery.bundle;

import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a person or CI asks to be packed: bundle.yaml.
 *
 * @param files without the SBOM, which the packer makes; one PROVENANCE at most
 * @param card what the SBOM's model card says beyond this
 */
public record BundleSpec(
    ReleaseId release,
    Manifest.Kind kind,
    long releaseCounter,
    String trainingCommit,
    String quantization,
    Map<String, String> runtimeHints,
    Compatibility compatibility,
    Optional<Digest> base,
    List<Source> files,
    ModelCard card) {
  /** Where the packer puts the SBOM. */
  public static final String SBOM = "sbom.cdx.json";

  private static final long MAX_FILE = 256 * 1024;

  /**
   * One file to pack.
   *
   * @param path its name in the bundle
   * @param from where it is now
   */
  public record Source(String path, Path from, FileEntry.Kind kind) {}

  public BundleSpec {
    runtimeHints = Collections.unmodifiableMap(new TreeMap<>(runtimeHints));
    files = List.copyOf(files);
    if (files.isEmpty() || files.size() >= Manifest.MAX_FILES) {
      throw Refusal.of(Code.BAD_SPEC, "a bundle has a wrong number of files")
          .expected("1 to " + (Manifest.MAX_FILES - 1))
          .got(files.size());
    }
    requireDifferent(files);
    requireAtMostOne(files, FileEntry.Kind.SBOM, 0, "pack makes the SBOM itself");
    requireAtMostOne(files, FileEntry.Kind.PROVENANCE, 1, "keep one");
    requireAtMostOne(files, FileEntry.Kind.GOLDEN, 1, "put all samples into one file");
    if ((kind == Manifest.Kind.ADAPTER) != base.isPresent()) {
      throw Refusal.of(Code.BAD_SPEC, "an adapter, and only an adapter, names its base bundle")
          .fix("add or remove base: sha256:<manifest digest>");
    }
  }

  /**
   * Reads bundle.yaml; {@code from} paths are relative to its folder.
   *
   * @throws Refusal with file, line and path of what is wrong
   */
  public static BundleSpec read(Path file) {
    return BundleSpecForm.read(Yaml.parse(text(file), file.toString()), file);
  }

  /** Where the provenance attestation is among the files, if there is one. */
  Optional<String> provenance() {
    return files.stream()
        .filter(f -> f.kind == FileEntry.Kind.PROVENANCE)
        .map(Source::path)
        .findFirst();
  }

  private static void requireDifferent(List<Source> files) {
    Set<String> seen = new HashSet<>(Set.of(SBOM));
    for (Source file : files) {
      if (!seen.add(file.path.toLowerCase(Locale.ROOT))) {
        throw Refusal.of(Code.BAD_SPEC, "two files of a bundle have one name")
            .got(file.path)
            .fix(file.path.equals(SBOM) ? "pack makes this file itself" : "rename one of them");
      }
    }
  }

  private static void requireAtMostOne(
      List<Source> files, FileEntry.Kind kind, int most, String fix) {
    long count = files.stream().filter(f -> f.kind == kind).count();
    if (count > most) {
      throw Refusal.of(Code.BAD_SPEC, "a bundle has too many files of one kind")
          .expected("at most " + most + " of the kind " + kind.name().toLowerCase(Locale.ROOT))
          .got(count)
          .fix(fix);
    }
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MAX_FILE) {
        throw Refusal.of(Code.TOO_LARGE, "a spec is too large")
            .at(file.toString())
            .expected("at most " + MAX_FILE + " bytes");
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not UTF-8").at(file.toString()).cause(e);
    } catch (NoSuchFileException e) {
      throw Refusal.of(Code.NOT_FOUND, "there is no such file").at(file.toString()).cause(e);
    } catch (IOException e) {
      throw Disk.storage("a spec cannot be read", file, e);
    }
  }
}

package dev.hatchery.server.deltas;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.server.releases.Release;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file that a device lacks to have a release.
 *
 * @param bases what it holds that the file could be made from, the likeliest first
 */
public record Lack(FileEntry file, List<Base> bases) {
  /** Below it, a patch's own frame and a request more cost as much as they save. */
  static final DataSize WORTH = DataSize.kib(16);

  /** A file of a release that the device holds. */
  public record Base(ReleaseId release, FileEntry file) {}

  public Lack {
    bases = List.copyOf(bases);
  }

  /**
   * What a device lacks.
   *
   * @param held releases that it holds whole
   */
  static List<Lack> of(Release target, List<Release> held) {
    Set<Digest> here =
        held.stream()
            .flatMap(release -> release.manifest().files().stream())
            .map(FileEntry::sha256)
            .collect(Collectors.toCollection(HashSet::new));
    return target.manifest().files().stream()
        .filter(file -> here.add(file.sha256())) // two files of the same bytes are fetched once
        .map(file -> new Lack(file, bases(file, held)))
        .toList();
  }

  /** Whether a patch can save anything worth a thought. */
  boolean worthAPatch() {
    return file.size() > WORTH.bytes();
  }

  private static List<Base> bases(FileEntry file, List<Release> held) {
    if (file.size() <= WORTH.bytes()) return List.of();
    List<Base> bases = new ArrayList<>();
    for (Release release : held) {
      counterpart(file, release.manifest())
          .filter(f -> bases.stream().noneMatch(b -> b.file().sha256().equals(f.sha256())))
          .ifPresent(f -> bases.add(new Base(release.id(), f)));
    }
    return bases;
  }

  // Of the same path; else of the same kind, the one whose size is nearest.
  private static Optional<FileEntry> counterpart(FileEntry file, Manifest base) {
    return base.file(file.path())
        .or(
            () ->
                base.files().stream()
                    .filter(f -> f.kind() == file.kind() && f.size() > 0)
                    .min(
                        Comparator.comparingLong((FileEntry f) -> Math.abs(f.size() - file.size()))
                            .thenComparing(FileEntry::path)));
  }
}

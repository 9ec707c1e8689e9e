package dev.hatchery.server.deltas;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.delta.BadPatch;
import dev.hatchery.delta.PatchFile;
import dev.hatchery.registry.ContentStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes one patch at a time in a folder of its own, proves it, and stores it. A blob is used where
 * it lies; no file is ever whole in memory here.
 */
final class Bench {
  /** Larger files are fetched whole: making a patch would keep the thread for hours. */
  static final DataSize TARGET_MAX = DataSize.mib(16 * 1024);

  private static final int BUFFER = 1 << 16;

  private final ContentStore content;
  private final Tray tray;
  private final Path scratch;
  private final Maker maker;
  private final InstantSource clock;

  /**
   * A bench.
   *
   * @param tray lays out what patches are made of
   * @param scratch whatever is in it is nobody's
   */
  Bench(ContentStore content, Tray tray, Path scratch, Maker maker, InstantSource clock) {
    this.content = content;
    this.tray = tray;
    this.scratch = scratch;
    this.maker = maker;
    this.clock = clock;
  }

  /** Removes what a crash left. */
  void clean() throws IOException {
    if (!Files.exists(scratch)) return;
    List<Path> left;
    try (Stream<Path> list = Files.list(scratch)) {
      left = list.toList();
    }
    for (Path each : left) remove(each);
  }

  /** Makes it; every failure is a refusal with its reason. */
  Delta.State make(Delta delta) {
    if (delta.targetSize() > TARGET_MAX.bytes()) {
      return refused(true, "the file is larger than " + TARGET_MAX.human());
    }
    long begun = clock.millis();
    Path folder = scratch.resolve(delta.pair().target().brief());
    try {
      if (Files.exists(folder)) remove(folder);
      Files.createDirectories(folder);
      if (scarce(folder, delta)) return refused(false, "the disk has too little space to make it");
      Optional<Ingredients> ingredients = ingredients(delta.pair(), folder);
      if (ingredients.isEmpty())
        return refused(false, "the registry has lost a file it is made of");
      return make(delta, ingredients.get(), folder, begun);
    } catch (BadPatch e) {
      return refused(false, "what was made does not apply: " + e.reason() + ", " + e.getMessage());
    } catch (Refusal e) {
      return refused(false, e.problem().line());
    } catch (IOException | RuntimeException e) {
      return refused(false, "it could not be made: " + e);
    } catch (VirtualMachineError | LinkageError e) {
      // A file that is too much for the maker costs its patch, not all the patches after it.
      return refused(false, "it could not be made: " + e);
    } finally {
      removeQuietly(folder);
    }
  }

  /** The files that a patch is made of. */
  private record Ingredients(Optional<Path> base, Path target) {}

  private Delta.State make(Delta delta, Ingredients of, Path folder, long begun)
      throws IOException, BadPatch {
    Path patch = folder.resolve("patch");
    maker.make(of.base, of.target, patch);
    long size = Files.size(patch);
    if (size < 1 || size >= delta.targetSize()) {
      return refused(
          true,
          "it is no smaller than the file: "
              + new DataSize(size).human()
              + " for "
              + new DataSize(delta.targetSize()).human());
    }
    PatchFile.apply(
        of.base.orElse(null),
        patch,
        folder.resolve("proof"),
        delta.targetSize(),
        delta.pair().target().bytes());
    Digest stored = digest(patch);
    try (InputStream in = Files.newInputStream(patch)) {
      content.put(in, stored);
    }
    content.give(delta.pair().repository(), stored);
    return new Delta.Ready(stored, size, Duration.ofMillis(Math.max(0, clock.millis() - begun)));
  }

  private static Delta.State refused(boolean lasting, String reason) {
    return new Delta.Refused(lasting, reason);
  }

  // The patch, its drafts and the proof.
  private static boolean scarce(Path folder, Delta delta) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace();
    return usable / 4 < delta.targetSize();
  }

  private Optional<Ingredients> ingredients(Pair pair, Path folder) throws IOException {
    Optional<Path> target = tray.lay(pair.repository(), pair.target(), folder.resolve("target"));
    Optional<Path> base =
        pair.base().isEmpty()
            ? Optional.empty()
            : tray.lay(pair.repository(), pair.base().get(), folder.resolve("base"));
    boolean whole = target.isPresent() && base.isPresent() == pair.base().isPresent();
    return whole ? Optional.of(new Ingredients(base, target.get())) : Optional.empty();
  }

  private static Digest digest(Path file) throws IOException {
    MessageDigest running = Digest.sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) running.update(buffer, 0, n);
    }
    return Digest.finish(running);
  }

  private static void removeQuietly(Path folder) {
    try {
      if (Files.exists(folder)) remove(folder);
    } catch (IOException e) {
      // The next start removes it.
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) Files.deleteIfExists(path);
  }
}

package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A slot's folder: {@code v/<manifest digest>/}, immutable, and four links into it. The links are
 * moved only after the journal says so.
 */
public final class Slot {
  private static final String VERSIONS = "v";

  private final Disk disk;
  private final Path folder;
  private final Name name;
  private final Map<Pointer, Path> links = new EnumMap<>(Pointer.class);

  /** The links. */
  public enum Pointer {
    /** What the service loads. */
    CURRENT,
    /** The last known good. */
    LKG,
    /** The last known good before that. */
    PREV,
    /** What the service runs beside {@code current}, serving none of its answers. */
    SHADOW;

    String link() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Slot(Disk disk, Path folder, Name name) {
    this.disk = disk;
    this.folder = folder;
    this.name = name;
    for (Pointer pointer : Pointer.values()) links.put(pointer, folder.resolve(pointer.link()));
  }

  public Name name() {
    return name;
  }

  /** Where a link points, whether or not that is there. */
  public Optional<Digest> pointer(Pointer pointer) {
    Path link = link(pointer);
    if (disk.kind(link) != Disk.Kind.LINK) return Optional.empty();
    String target = disk.target(link);
    return target.startsWith(VERSIONS + "/")
        ? Versions.digest(target.substring(VERSIONS.length() + 1))
        : Optional.empty();
  }

  public void point(Pointer pointer, Digest to) {
    Durable.relink(disk, link(pointer), VERSIONS + "/" + to.hex());
  }

  public void unpoint(Pointer pointer) {
    Durable.remove(disk, link(pointer));
  }

  private Path link(Pointer pointer) {
    return Objects.requireNonNull(links.get(pointer), "each pointer has its link");
  }

  public Path version(Digest bundle) {
    return versions().resolve(bundle.hex());
  }

  public boolean has(Digest bundle) {
    return disk.kind(version(bundle)) == Disk.Kind.FOLDER;
  }

  Path versions() {
    return folder.resolve(VERSIONS);
  }

  /** All bundles that are there as a whole. */
  public List<Digest> bundles() {
    return disk.names(versions()).stream().flatMap(n -> Versions.digest(n).stream()).toList();
  }

  /** What an interrupted step left behind in {@code v/}. */
  public List<String> leftovers() {
    return disk.names(versions()).stream().filter(n -> n.startsWith(".")).toList();
  }

  /** Throws away what {@link #leftovers} found. */
  public void clear(String leftover) {
    Durable.removeTree(disk, versions().resolve(leftover));
  }

  /** Nobody may need it any more. */
  public void remove(Digest bundle) {
    Durable.removeTree(disk, version(bundle));
  }
}

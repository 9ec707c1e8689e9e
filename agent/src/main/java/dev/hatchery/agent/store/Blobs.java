package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Bytes by digest, read-only. A blob is there as a whole or not at all. */
public final class Blobs {
  private final Disk disk;
  private final Layout layout;

  public Blobs(Disk disk, Layout layout) {
    this.disk = disk;
    this.layout = layout;
  }

  public boolean has(Digest digest) {
    return disk.kind(layout.blob(digest)) == Disk.Kind.FILE;
  }

  public Path path(Digest digest) {
    return layout.blob(digest);
  }

  public long size(Digest digest) {
    return disk.size(path(digest));
  }

  public byte[] read(Digest digest, DataSize max) {
    return disk.read(path(digest), max);
  }

  /** For what does not fit into memory. */
  public InputStream open(Digest digest) {
    return disk.open(path(digest));
  }

  /** Takes over a file whose content is durable and has been hashed. */
  void adopt(Path file, Digest digest) {
    Path place = path(digest);
    Durable.makeFolders(disk, Durable.parent(place));
    disk.mode(file, Disk.Mode.SEALED_FILE);
    disk.rename(file, place);
    disk.sync(Durable.parent(place));
  }

  /** For what fits into memory. */
  void put(Name slot, byte[] content) {
    Digest digest = Digest.of(content);
    Path draft = layout.downloads().resolve(digest.hex() + "." + slot + ".part");
    Durable.remove(disk, draft);
    Durable.write(disk, draft, content);
    adopt(draft, digest);
  }

  void remove(Digest digest) {
    Durable.remove(disk, path(digest));
  }

  /** All that are here, in no order. */
  public List<Digest> all() {
    List<Digest> all = new ArrayList<>();
    for (String shelf : disk.names(layout.blobs())) {
      for (String name : disk.names(layout.blobs().resolve(shelf))) {
        Versions.digest(name).ifPresent(all::add);
      }
    }
    return all;
  }
}

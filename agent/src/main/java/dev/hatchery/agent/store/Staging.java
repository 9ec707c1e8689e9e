package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes a bundle's folder from blobs (durability reference, section 2, steps 4 to 6). It is built
 * and verified under another name; the rename is what makes it exist.
 */
public final class Staging {
  private final Disk disk;
  private final Blobs blobs;

  public Staging(Disk disk, Blobs blobs) {
    this.disk = disk;
    this.blobs = blobs;
  }

  /** A folder that is not yet a bundle. */
  public final class Draft {
    private final Slot slot;
    private final Digest bundle;
    private final Path folder;

    private Draft(Slot slot, Digest bundle) {
      this.slot = slot;
      this.bundle = bundle;
      this.folder = slot.versions().resolve(".tmp-" + bundle.hex());
    }

    /** Reads everything back from disk, makes it durable, and lets nobody write there any more. */
    public void verify(TrustStore trust) {
      Installed.verify(disk, folder, bundle);
      Installed.requireSigned(disk, folder, bundle, trust);
      seal(folder);
    }

    // Bottom up: a folder is synced when all below it is.
    private void seal(Path path) {
      if (disk.kind(path) != Disk.Kind.FOLDER) return;
      for (String name : disk.names(path)) seal(path.resolve(name));
      disk.mode(path, Disk.Mode.SEALED_FOLDER);
      disk.sync(path);
    }

    /** From here on the bundle exists. */
    public void publish() {
      disk.rename(folder, slot.version(bundle));
      disk.sync(slot.versions());
    }
  }

  /**
   * Lays out a bundle whose blobs are all here. Its files are hard links to the blobs; the manifest
   * and the signatures, which every check stands on, are copies, so that one bad sector cannot take
   * two bundles.
   */
  public Draft build(Slot slot, Digest bundle, Manifest manifest, List<Digest> signatures) {
    Draft draft = new Draft(slot, bundle);
    if (disk.kind(draft.folder) != Disk.Kind.ABSENT) Durable.removeTree(disk, draft.folder);
    disk.makeFolder(draft.folder);
    copy(bundle, draft.folder.resolve(Installed.MANIFEST));
    disk.makeFolder(draft.folder.resolve(Installed.SIGNATURES));
    for (int i = 0; i < signatures.size(); i++) {
      copy(
          signatures.get(i),
          draft.folder.resolve(Installed.SIGNATURES).resolve(Installed.signatureName(i)));
    }
    folders(draft.folder, manifest).forEach(disk::makeFolder);
    for (FileEntry entry : manifest.files()) {
      disk.hardLink(draft.folder.resolve(entry.path()), blobs.path(entry.sha256()));
    }
    return draft;
  }

  private void copy(Digest blob, Path to) {
    Durable.write(disk, to, blobs.read(blob, Manifest.MAX_SIZE));
    disk.mode(to, Disk.Mode.SEALED_FILE);
  }

  // In order, so that each comes after the one it stands in.
  private static SortedSet<Path> folders(Path draft, Manifest manifest) {
    SortedSet<Path> folders = new TreeSet<>();
    for (FileEntry entry : manifest.files()) {
      Path above = Durable.parent(draft.resolve(entry.path()));
      while (!above.equals(draft) && folders.add(above)) above = Durable.parent(above);
    }
    return folders;
  }
}

package dev.hatchery.agent.disk;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.file.Path;

/** Patterns of effects that leave, whenever the power fails, either the old state or the new. */
public final class Durable {
  private Durable() {}

  /** Write beside, fsync, rename, fsync the folder. */
  public static void replace(Disk disk, Path file, byte[] content) {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    deleteIfThere(disk, draft);
    write(disk, draft, content);
    disk.rename(draft, file);
    disk.sync(parent(file));
  }

  /** A new file with durable content; its name is durable once its folder is synced. */
  public static void write(Disk disk, Path file, byte[] content) {
    try (DiskFile out = disk.create(file)) {
      out.write(content);
      out.force();
    }
  }

  /** Points a symlink elsewhere, atomically. */
  public static void relink(Disk disk, Path link, String target) {
    Path draft = link.resolveSibling(link.getFileName() + ".tmp");
    deleteIfThere(disk, draft);
    disk.symlink(draft, target);
    disk.rename(draft, link);
    disk.sync(parent(link));
  }

  public static void remove(Disk disk, Path path) {
    if (deleteIfThere(disk, path)) disk.sync(parent(path));
  }

  /** Makes a folder and whichever of its parents are missing, durably. */
  public static void makeFolders(Disk disk, Path folder) {
    if (disk.kind(folder) == Disk.Kind.FOLDER) return;
    Path parent = parent(folder);
    makeFolders(disk, parent);
    disk.makeFolder(folder);
    disk.sync(parent);
  }

  /**
   * Deletes a folder with all it holds. Its name goes first, so that a half-deleted folder is never
   * taken for a whole one; whoever finds the leftover deletes it.
   */
  public static void removeTree(Disk disk, Path folder) {
    String name = folder.getFileName().toString();
    Path trash = name.startsWith(".") ? folder : folder.resolveSibling(".trash-" + name);
    if (!trash.equals(folder)) {
      if (disk.kind(trash) != Disk.Kind.ABSENT) empty(disk, trash);
      disk.rename(folder, trash);
      disk.sync(parent(folder));
    }
    empty(disk, trash);
  }

  private static void empty(Disk disk, Path folder) {
    if (disk.kind(folder) == Disk.Kind.FOLDER) {
      disk.mode(folder, Disk.Mode.FOLDER);
      for (String name : disk.names(folder)) empty(disk, folder.resolve(name));
    }
    disk.delete(folder);
  }

  private static boolean deleteIfThere(Disk disk, Path path) {
    if (disk.kind(path) == Disk.Kind.ABSENT) return false;
    disk.delete(path);
    return true;
  }

  /** The folder that this stands in. */
  public static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) throw Refusal.of(Code.STORAGE, "this has no folder").at(path.toString());
    return parent;
  }
}

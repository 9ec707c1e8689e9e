package dev.hatchery.agent.disk;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Manifest;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What the agent can do to its folder. Nothing is durable before {@link DiskFile#force} (a file's
 * content) or {@link #sync} (a folder's entries) has returned. Every method throws {@link
 * dev.hatchery.core.Refusal} with STORAGE when the storage fails, NO_SPACE when it is full; after
 * that, nothing that was not yet synced may be believed.
 */
public interface Disk {
  /** What stands at a path; links are not followed. */
  enum Kind {
    ABSENT,
    FILE,
    FOLDER,
    LINK,
    OTHER
  }

  /** Who may do what with a file or folder. */
  enum Mode {
    /** {@code rwx------} */
    SECRET_FOLDER,
    /** {@code rwxr-xr-x} */
    FOLDER,
    /** {@code r-xr-xr-x} */
    SEALED_FOLDER,
    /** {@code r--r--r--} */
    SEALED_FILE
  }

  Kind kind(Path path);

  /** Names of all entries in order; empty when there is no such folder. */
  List<String> names(Path folder);

  /** A regular file's content; a larger one is refused unread. */
  byte[] read(Path file, DataSize max);

  /** For content that does not fit into memory. */
  InputStream open(Path file);

  long size(Path file);

  /** A symlink's text. */
  String target(Path link);

  /** Bytes that this process may still write. */
  long usableSpace(Path folder);

  long totalSpace(Path folder);

  /** The folder's parent must exist, the folder may. */
  void makeFolder(Path folder);

  /** A new file; nothing may stand there. */
  DiskFile create(Path file);

  /** An existing file, to be continued at its end. */
  DiskFile append(Path file);

  /** An existing file, to be read at any place. */
  RandomFile view(Path file);

  /** An existing file, to be read and written at any place. */
  RandomFile edit(Path file);

  void hardLink(Path link, Path existing);

  void symlink(Path link, String target);

  /** Replaces a file or link at {@code to}; atomic. */
  void rename(Path from, Path to);

  /** A file, a link, or an empty folder. */
  void delete(Path path);

  void mode(Path path, Mode mode);

  /**
   * Reads every file below a folder and compares, see {@link dev.hatchery.bundle.FileSet#verify}.
   */
  void requireExactly(Path folder, Manifest files);

  /** Makes a folder's entries durable. */
  void sync(Path folder);
}

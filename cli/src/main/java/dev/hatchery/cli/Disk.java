package dev.hatchery.cli;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that commands read and write, with refusals a person can act on. */
final class Disk {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private Disk() {}

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw Refusal.of(Code.NOT_FOUND, "there is no such file").at(file.toString()).cause(e);
    } catch (IOException e) {
      throw Refusal.of(Code.BAD_INPUT, "this file cannot be read")
          .at(file.toString())
          .got(e.getMessage())
          .cause(e);
    }
  }

  /** A new file; one that is there already is never overwritten. */
  static void write(Path file, byte[] bytes) {
    create(file, bytes);
  }

  /** A new file that only its owner may read. */
  static void writeSecret(Path file, byte[] bytes) {
    create(file, bytes, OWNER_ONLY);
  }

  static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "this folder cannot be made")
          .at(folder.toString())
          .got(e.getMessage())
          .cause(e);
    }
  }

  private static void create(Path file, byte[] bytes, FileAttribute<?>... attributes) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) Files.createDirectories(parent);
      Files.createFile(file, attributes);
      Files.write(file, bytes, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw Refusal.of(Code.CONFLICT, "this file is already there")
          .at(file.toString())
          .fix("remove it, or name another")
          .cause(e);
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "this file cannot be written")
          .at(file.toString())
          .got(e.getMessage())
          .cause(e);
    }
  }
}

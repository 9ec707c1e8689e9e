package dev.hatchery.server;

import dev.hatchery.bundle.sign.PublicKeys;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a server owns: its database, registry, keys. One server at a time, and nobody
 * else may look inside.
 */
final class DataFolder implements AutoCloseable {
  private static final int SECRET_BYTES = 32;

  private final Path folder;
  private final FileChannel lock;

  private DataFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  static DataFolder open(Path folder) {
    try {
      makeFolder(folder);
      return new DataFolder(folder, lock(folder.resolve("lock")));
    } catch (IOException e) {
      throw storage(folder, e);
    }
  }

  Path database() {
    return folder.resolve("hatchery.db");
  }

  Path registry() {
    return folder.resolve("registry");
  }

  /** Where patches grow; whatever is in it is nobody's after a start. */
  Path scratch() {
    return subfolder("scratch");
  }

  Path tls() {
    return subfolder("tls");
  }

  /** The server's own signing key, made on the first start. */
  SigningKey director() {
    Path file = subfolder("keys").resolve("director.pem");
    if (!Files.exists(file)) SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256).write(file);
    SigningKey key = SigningKey.read(file);
    Path shown = subfolder("keys").resolve("director.pub");
    if (!Files.exists(shown)) PublicKeys.write(key.publicKey(), shown);
    return key;
  }

  /** The secret behind devices' access tokens, made on the first start. */
  byte[] accessTokenSecret(RandomGenerator random) {
    Path file = subfolder("keys").resolve("access-tokens.key");
    try {
      if (!Files.exists(file)) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        writeSecret(file, secret);
      }
      byte[] secret = Files.readAllBytes(file);
      if (secret.length == SECRET_BYTES) return secret;
    } catch (IOException e) {
      throw storage(file, e);
    }
    throw Refusal.of(Code.STORAGE, "a key file is damaged")
        .at(file.toString())
        .fix("remove it: devices fetch new access tokens by themselves");
  }

  private Path subfolder(String name) {
    try {
      return makeFolder(folder.resolve(name));
    } catch (IOException e) {
      throw storage(folder, e);
    }
  }

  /** Writes a file that only its owner can read, whole and on disk when it appears. */
  static void writeSecret(Path file, byte[] content) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path draft = absolute.resolveSibling("." + absolute.getFileName() + ".new");
    Files.deleteIfExists(draft);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(draft, options, mode)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) channel.write(bytes);
      channel.force(true);
    }
    publish(draft, absolute);
  }

  /** Gives a finished file its name. */
  static void publish(Path draft, Path file) throws IOException {
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel parent = FileChannel.open(file.resolveSibling(""), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  static Refusal storage(Path place, IOException e) {
    return Refusal.of(Code.STORAGE, "the server's folder cannot be used")
        .at(place.toString())
        .got(e)
        .fix("look at the folder's owner, its mode and the disk")
        .cause(e);
  }

  private static Path makeFolder(Path folder) throws IOException {
    return Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (held(channel) != null) return channel;
    channel.close();
    throw Refusal.of(Code.CONFLICT, "another server runs on this folder")
        .at(file.toString())
        .fix("stop it, or give this one a folder of its own");
  }

  private static @Nullable FileLock held(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw storage(folder, e);
    }
  }
}

package dev.hatchery.agent;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One agent per folder. The kernel lets go of it, however the agent ends. */
final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  static FolderLock take(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) != null) return new FolderLock(channel);
      channel.close();
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "the agent's folder cannot be locked")
          .at(file.toString())
          .got(e)
          .cause(e);
    }
    throw Refusal.of(Code.CONFLICT, "another agent works in this folder")
        .at(file.toString())
        .fix("end it, or give this one another state folder");
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "the agent's folder cannot be unlocked").cause(e);
    }
  }
}

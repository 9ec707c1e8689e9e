package dev.hatchery.registry;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.OptionalLong;

/**
 * Bytes in a temporary file with a running hash. File and hash always agree, because a chunk that
 * fails is taken back from both.
 */
final class FileIncoming implements Incoming {
  private static final int BUFFER = 64 * 1024;

  private final BlobFolder blobs;
  private final Path file;
  private final FileChannel out;
  private final DataSize max;
  private MessageDigest running = Digest.sha256();
  private long size;

  FileIncoming(BlobFolder blobs, Path file, DataSize max) throws IOException {
    this.blobs = blobs;
    this.file = file;
    this.max = max;
    this.out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void append(InputStream in, OptionalLong length) {
    MessageDigest hashBefore = copy(running);
    long sizeBefore = size;
    try {
      pour(in);
      long came = size - sizeBefore;
      if (length.isPresent() && length.getAsLong() != came) {
        throw Refusal.of(Code.SIZE, "the bytes are not as many as were announced")
            .expected(length.getAsLong() + " bytes")
            .got(came + " bytes");
      }
    } catch (Refusal refusal) {
      takeBack(sizeBefore, hashBefore);
      throw refusal;
    }
  }

  private void pour(InputStream in) {
    byte[] buffer = new byte[BUFFER];
    for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
      if (n > max.bytes() - size) {
        throw Refusal.of(Code.TOO_LARGE, "the blob is larger than this registry takes")
            .expected("at most " + max);
      }
      write(ByteBuffer.wrap(buffer, 0, n));
      running.update(buffer, 0, n);
      size += n;
    }
  }

  private static int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw Refusal.of(Code.TRUNCATED, "the upload broke off").got(e.toString()).cause(e);
    }
  }

  private void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) out.write(bytes);
    } catch (IOException e) {
      throw Disk.refusal(e, file);
    }
  }

  private void takeBack(long sizeBefore, MessageDigest hashBefore) {
    try {
      out.truncate(sizeBefore);
      out.position(sizeBefore);
      size = sizeBefore;
      running = hashBefore;
    } catch (IOException e) {
      throw Disk.refusal(e, file);
    }
  }

  @Override
  public Blob commit(Digest expected) {
    Digest got = Digest.finish(running);
    if (!got.equals(expected)) {
      close();
      throw Refusal.of(Code.HASH, "the uploaded bytes have another digest")
          .expected(expected)
          .got(got);
    }
    try {
      out.force(true);
      out.close();
      // Over an existing blob of this name too: the bytes are equal, or its disk block was bad.
      Disk.move(file, blobs.path(expected));
      return new FileBlob(expected, size, blobs.path(expected));
    } catch (IOException e) {
      throw Disk.refusal(e, file);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Disk.refusal(e, file);
    }
  }

  private static MessageDigest copy(MessageDigest running) {
    try {
      return (MessageDigest) running.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's SHA-256 can be cloned", e);
    }
  }
}

package dev.hatchery.client.oci;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way to a file: hashed while it arrives, written beside its target, and moved there
 * only when size and digest are those asked for. Whatever goes wrong, the target is untouched.
 * Holds one buffer of the connection at a time.
 */
final class BlobSink implements BodySubscriber<byte[]> {
  private final Digest digest;
  private final long size;
  private final Path target;
  private final Path part;
  private final FileChannel out;
  private final MessageDigest running = Digest.sha256();
  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  // Set once by onSubscribe, before any other call (Reactive Streams 1.9).
  private Flow.@Nullable Subscription subscription;
  private long received;

  /**
   * A sink.
   *
   * @param part where the bytes grow; in the target's folder, and nobody else's
   */
  BlobSink(Digest digest, long size, Path target, Path part) throws IOException {
    this.digest = digest;
    this.size = size;
    this.target = target;
    this.part = part;
    this.out =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (result.isDone()) return;
    try {
      for (ByteBuffer buffer : buffers) take(buffer);
      if (subscription != null) subscription.request(1);
    } catch (IOException | Refusal failure) {
      if (subscription != null) subscription.cancel();
      onError(failure);
    }
  }

  private void take(ByteBuffer buffer) throws IOException {
    received += buffer.remaining();
    if (received > size) {
      throw Refusal.of(Code.SIZE, "a blob is longer than it should be")
          .at(digest.toString())
          .expected(size + " bytes");
    }
    running.update(buffer.duplicate());
    while (buffer.hasRemaining()) out.write(buffer);
  }

  @Override
  public void onError(Throwable failure) {
    discard();
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    try {
      check();
      out.force(true);
      out.close();
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      result.complete(new byte[0]);
    } catch (IOException | Refusal failure) {
      onError(failure);
    }
  }

  private void check() {
    if (received < size) {
      throw Refusal.of(Code.TRUNCATED, "a blob ended too early")
          .at(digest.toString())
          .expected(size + " bytes")
          .got(received + " bytes")
          .fix("try again");
    }
    Digest got = Digest.finish(running);
    if (!got.equals(digest)) {
      throw Refusal.of(Code.HASH, "a blob's bytes are not those of its digest")
          .at(target.toString())
          .expected(digest)
          .got(got);
    }
  }

  private void discard() {
    try {
      out.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // A leftover part is overwritten by the next try; the failure that brought us here matters.
    }
  }
}

package dev.hatchery.server.chunks;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.registry.Blob;
import dev.hatchery.registry.ContentStore;
import dev.hatchery.server.log.Log;
import dev.hatchery.wire.ChunkList;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Makes lists, each once while it is kept, one blob after the other. */
public final class ChunkLists implements AutoCloseable {
  private static final Log LOG = Log.of(ChunkLists.class);
  private static final int MAX_WAITING = 64;

  /** Lists of about 370 GiB of blobs. */
  private static final DataSize ROOM = DataSize.mib(16);

  private final ContentStore content;
  private final Kept kept = new Kept(ROOM);
  private final Map<Digest, CompletableFuture<Bytes>> making = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor maker =
      new ThreadPoolExecutor(
          1,
          1,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_WAITING),
          Thread.ofPlatform().daemon().name("chunks").factory());

  public ChunkLists(ContentStore content) {
    this.content = content;
    maker.allowCoreThreadTimeOut(true);
  }

  /**
   * The list's JSON, now or later. It fails with NOT_FOUND, TOO_LARGE for a blob of too many
   * pieces, STORAGE, and RATE_LIMITED when too many are being made.
   */
  CompletableFuture<Bytes> of(Digest digest) {
    var here = kept.find(digest);
    if (here.isPresent()) return CompletableFuture.completedFuture(here.get());
    CompletableFuture<Bytes> mine = new CompletableFuture<>();
    CompletableFuture<Bytes> already = making.putIfAbsent(digest, mine);
    if (already != null) return already;
    try {
      maker.execute(() -> make(digest, mine));
    } catch (RejectedExecutionException e) {
      making.remove(digest);
      mine.completeExceptionally(busy());
    }
    return mine;
  }

  static Refusal busy() {
    return Refusal.of(Code.RATE_LIMITED, "the list of this blob's pieces is not made yet")
        .fix("ask again in a moment");
  }

  private void make(Digest digest, CompletableFuture<Bytes> result) {
    try {
      Bytes json = Bytes.of(Wire.CHUNK_LIST.bytes(list(digest)));
      kept.put(digest, json);
      result.complete(json);
    } catch (RuntimeException | Error e) {
      if (!(e instanceof Refusal)) LOG.error("chunks.failed", e, "blob", digest);
      result.completeExceptionally(e);
    } finally {
      // After it is kept: whoever comes now finds it there.
      making.remove(digest);
    }
  }

  private ChunkList list(Digest digest) {
    Blob blob =
        content
            .blob(digest)
            .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "there is no such blob").got(digest));
    if (blob.size() > (long) ChunkList.MAX_CHUNKS * ChunkList.CHUNK) {
      throw Refusal.of(Code.TOO_LARGE, "this blob has too many pieces for a list")
          .at(digest.toString())
          .expected("at most " + ChunkList.MAX_CHUNKS + " MiB")
          .got(new DataSize(blob.size()).human());
    }
    try (InputStream in = blob.open(0)) {
      return new ChunkList(digest, blob.size(), ChunkList.CHUNK, digests(in, blob));
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "a stored blob cannot be read").at(digest.toString()).cause(e);
    }
  }

  // Its own digest is checked on the way: a list of damaged bytes would have devices blame honest
  // peers.
  private static List<Digest> digests(InputStream in, Blob blob) throws IOException {
    MessageDigest whole = Digest.sha256();
    MessageDigest piece = Digest.sha256();
    List<Digest> digests = new ArrayList<>();
    byte[] buffer = new byte[ChunkList.CHUNK];
    for (int n = in.readNBytes(buffer, 0, buffer.length);
        n > 0;
        n = in.readNBytes(buffer, 0, buffer.length)) {
      whole.update(buffer, 0, n);
      piece.update(buffer, 0, n);
      digests.add(Digest.finish(piece));
      if (Thread.currentThread().isInterrupted()) throw new IOException("the server ends");
    }
    if (Digest.finish(whole).equals(blob.digest())) return digests;
    throw Refusal.of(Code.STORAGE, "a stored blob's bytes have changed")
        .at(blob.digest().toString())
        .fix("check the disk, then push the bundle again");
  }

  @Override
  public void close() {
    maker.shutdownNow();
  }
}

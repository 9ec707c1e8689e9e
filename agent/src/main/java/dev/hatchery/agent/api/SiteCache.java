package dev.hatchery.agent.api;

import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Asks the site's cache for a blob, and the server when that does not work. Any caching proxy will
 * do: the paths are the server's, and a blob never changes.
 *
 * <p>A cache that fails is left alone for a while, longer each time.
 */
public final class SiteCache implements BlobSource {
  private static final Duration SHORTEST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final Link cache;
  private final DeviceApi server;
  private final LongSupplier nanos;
  // Written and read by the slots' threads; one of them seeing an old value costs one request.
  private volatile long notBefore;
  private volatile Duration leaveAlone = SHORTEST;

  /**
   * The way to it.
   *
   * @param token whether it is shown the device's access token
   */
  public record Link(Http http, boolean token) {}

  public SiteCache(Link cache, DeviceApi server, LongSupplier nanos) {
    this.cache = cache;
    this.server = server;
    this.nanos = nanos;
    this.notBefore = nanos.getAsLong();
  }

  @Override
  public Stream open(Name repository, Digest blob, long from) throws InterruptedException {
    if (nanos.getAsLong() - notBefore < 0) return server.open(repository, blob, from);
    Stream opened;
    try {
      opened = server.open(cache.http(), cache.token(), repository, blob, from);
    } catch (Refusal refusal) {
      failed();
      return server.open(repository, blob, from);
    }
    return new Watched(opened, from);
  }

  // Who of the two it was is not known; the cache is the one that is nobody's.
  @Override
  public void wrong(Digest blob) {
    failed();
  }

  private void failed() {
    notBefore = nanos.getAsLong() + leaveAlone.toNanos();
    Duration longer = leaveAlone.multipliedBy(2);
    leaveAlone = longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
  }

  /** A body from the cache: one that breaks off counts as a failure, one that ends as a success. */
  private final class Watched implements Stream {
    private final Stream stream;
    private final boolean rightStart;

    Watched(Stream stream, long asked) {
      this.stream = stream;
      this.rightStart = stream.start() <= asked;
      if (!rightStart) failed();
    }

    @Override
    public long start() {
      return stream.start();
    }

    @Override
    public int read(byte[] into, Duration patience) throws InterruptedException {
      try {
        int n = stream.read(into, patience);
        if (n < 0 && rightStart) leaveAlone = SHORTEST;
        return n;
      } catch (Refusal refusal) {
        if (refusal.code() == Code.TRUNCATED) failed();
        throw refusal;
      }
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}

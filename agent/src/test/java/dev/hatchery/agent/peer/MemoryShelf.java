package dev.hatchery.agent.peer;

import dev.hatchery.core.Digest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A shelf that can be made to give something else than it should. */
final class MemoryShelf implements Shelf {
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();

  /** How a blob's bytes come. */
  volatile Function<byte[], InputStream> opening = ByteArrayInputStream::new;

  Digest put(byte[] content) {
    Digest digest = Digest.of(content);
    blobs.put(digest, content);
    return digest;
  }

  /** Other bytes than the digest says, of the same number. */
  void putLie(byte[] content) {
    byte[] lie = content.clone();
    for (int at = 0; at < lie.length; at += 1000) lie[at] ^= 1;
    blobs.put(Digest.of(content), lie);
  }

  @Override
  public List<Digest> all() {
    return List.copyOf(blobs.keySet());
  }

  @Override
  public Optional<Item> find(Digest blob) {
    return Optional.ofNullable(blobs.get(blob)).map(this::item);
  }

  private Item item(byte[] content) {
    return new Item() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public InputStream open() {
        return opening.apply(content);
      }
    };
  }
}

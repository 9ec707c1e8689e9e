package dev.hatchery.server.chunks;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Lists as they are sent; who was asked for longest ago goes when there is no more room. */
final class Kept {
  private final DataSize room;
  // Guarded by this.
  private final Map<Digest, Bytes> lists = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  Kept(DataSize room) {
    this.room = room;
  }

  synchronized Optional<Bytes> find(Digest blob) {
    return Optional.ofNullable(lists.get(blob));
  }

  synchronized void put(Digest blob, Bytes list) {
    Bytes before = lists.put(blob, list);
    bytes += list.size() - (before == null ? 0 : before.size());
    Iterator<Bytes> oldest = lists.values().iterator();
    while (bytes > room.bytes() && lists.size() > 1) {
      bytes -= oldest.next().size();
      oldest.remove();
    }
  }
}

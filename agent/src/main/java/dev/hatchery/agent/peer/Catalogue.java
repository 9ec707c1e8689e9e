package dev.hatchery.agent.peer;

import dev.hatchery.core.Digest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The shelf by the names under which peers ask. It looks at the shelf again when it is asked for
 * something that it does not know, but not at once: a stranger's guesses shall not keep the disk
 * busy.
 */
final class Catalogue {
  /**
   * Whoever asks for what is not there costs a look at a folder; but a neighbour that asks just
   * before a file is whole asks again only after half a minute, so this is short.
   */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Shelf shelf;
  private final LongSupplier nanos;
  // Guarded by this.
  private Map<Digest, Digest> byName = Map.of();
  private long nextLook;

  record Found(Digest blob, Shelf.Item item) {}

  Catalogue(Shelf shelf, LongSupplier nanos) {
    this.shelf = shelf;
    this.nanos = nanos;
    this.nextLook = nanos.getAsLong();
  }

  Optional<Found> find(Digest name) {
    Optional<Digest> blob = blob(name);
    return blob.flatMap(shelf::find).map(item -> new Found(blob.orElseThrow(), item));
  }

  private synchronized Optional<Digest> blob(Digest name) {
    if (!byName.containsKey(name) && nanos.getAsLong() - nextLook >= 0) look();
    return Optional.ofNullable(byName.get(name));
  }

  private void look() {
    Map<Digest, Digest> seen = new HashMap<>();
    for (Digest blob : shelf.all()) seen.put(Veil.name(blob), blob);
    byName = seen;
    nextLook = nanos.getAsLong() + LOOK_AGAIN.toNanos();
  }
}

package dev.hatchery.agent.peer;

import dev.hatchery.agent.store.Blobs;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** What this device may give: blobs that were verified when they came. Safe for many threads. */
public interface Shelf {
  /** All that is there. */
  List<Digest> all();

  /** One of them, unless it is gone. */
  Optional<Item> find(Digest blob);

  /** A blob. */
  interface Item {
    long size();

    /** Refuses STORAGE when it cannot be read. */
    InputStream open();
  }

  /**
   * The blobs of the device's store. A blob is there only as a whole and after its hash was
   * checked; the files of installed bundles are links to them.
   */
  static Shelf of(Blobs blobs) {
    record Stored(Blobs blobs, Digest blob, long size) implements Item {
      @Override
      public InputStream open() {
        return blobs.open(blob);
      }
    }
    return new Shelf() {
      @Override
      public List<Digest> all() {
        return blobs.all();
      }

      @Override
      public Optional<Item> find(Digest blob) {
        try {
          if (!blobs.has(blob)) return Optional.empty();
          return Optional.of(new Stored(blobs, blob, blobs.size(blob)));
        } catch (Refusal goneMeanwhile) {
          return Optional.empty();
        }
      }
    };
  }
}

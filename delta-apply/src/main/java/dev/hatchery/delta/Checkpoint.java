package dev.hatchery.delta;

import java.util.List;

/**
 * How far a decoder came. It may be stored once everything that was written before it is durable; a
 * new decoder of the same patch goes on from it.
 *
 * @param frame how many frames are done
 * @param at where the next one begins in the patch
 * @param written begin and end of every piece of the result that is written, in order
 */
public record Checkpoint(int frame, long at, List<Long> written) {
  public static final Checkpoint START = new Checkpoint(0, Header.SIZE, List.of());

  public Checkpoint {
    written = List.copyOf(written);
  }
}

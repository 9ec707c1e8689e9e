package dev.hatchery.rollout;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * When something was heard of: a bit for every quarter of an hour of the last fourteen days, in
 * UTC, so that it stays true whatever zone it is looked at in. A fixed 184 bytes, however much is
 * heard.
 */
public final class Heard {
  /** Nothing yet. */
  public static final Heard NEVER = new Heard(0, -1, new long[Heard.WORDS]);

  static final Duration SLOT = Duration.ofMinutes(15);
  static final int SLOTS_A_DAY = 96;
  static final int DAYS = 14;
  private static final int SLOTS = DAYS * SLOTS_A_DAY;
  private static final int WORDS = SLOTS / Long.SIZE;
  private static final int BYTES = (2 + WORDS) * Long.BYTES;

  private final long first;
  private final long last;
  // A ring: a slot's bit stands at its number modulo SLOTS.
  private final long[] ring;

  private Heard(long first, long last, long[] ring) {
    this.first = first;
    this.last = last;
    this.ring = ring;
  }

  /** As {@link #bytes} made it. */
  public static Heard of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(bytes.length + " bytes are no history");
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    long first = from.getLong();
    long last = from.getLong();
    long[] ring = new long[WORDS];
    for (int i = 0; i < WORDS; i++) ring[i] = from.getLong();
    return new Heard(first, last, ring);
  }

  public byte[] bytes() {
    ByteBuffer into = ByteBuffer.allocate(BYTES).putLong(first).putLong(last);
    for (long word : ring) into.putLong(word);
    return into.array();
  }

  /** With all slots from one moment to another, both included; itself where it has them. */
  public Heard during(Instant from, Instant to) {
    return with(slot(from), slot(to));
  }

  /** With all slots that lie between two moments as a whole. */
  public Heard throughout(Instant from, Instant to) {
    long begin = slot(from.plus(SLOT).minusNanos(1));
    long end = slot(to) - 1;
    return end < begin ? this : with(begin, end);
  }

  private Heard with(long from, long to) {
    boolean never = last < first;
    // A clock that was a fortnight ahead: what it noted is of no use to anybody.
    if (never || to <= last - SLOTS) return new Heard(from, to, set(new long[WORDS], from, to));
    if (has(from, to)) return this;
    long[] next = ring.clone();
    long newest = Math.max(last, to);
    for (long s = Math.max(last + 1, newest - SLOTS + 1); s <= newest; s++) {
      next[word(s)] &= ~bit(s);
    }
    return new Heard(
        Math.min(first, from), newest, set(next, Math.max(from, newest - SLOTS + 1), to));
  }

  private boolean has(long from, long to) {
    if (to - from >= SLOTS) return false;
    for (long s = from; s <= to; s++) if (!in(s)) return false;
    return true;
  }

  private static long[] set(long[] ring, long from, long to) {
    for (long s = Math.max(from, to - SLOTS + 1); s <= to; s++) ring[word(s)] |= bit(s);
    return ring;
  }

  /** Whether it was heard of in a slot. */
  boolean in(long slot) {
    return slot <= last
        && slot > last - SLOTS
        && slot >= first
        && (ring[word(slot)] & bit(slot)) != 0;
  }

  /** The first slot of all; without one, after {@link #last}. */
  long first() {
    return first;
  }

  /** In how many slots of those that are known. */
  int count() {
    return Arrays.stream(ring).mapToInt(Long::bitCount).sum();
  }

  static long slot(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), SLOT.toSeconds());
  }

  static Instant start(long slot) {
    return Instant.ofEpochSecond(slot * SLOT.toSeconds());
  }

  private static int word(long slot) {
    return (int) (Math.floorMod(slot, (long) SLOTS) / Long.SIZE);
  }

  private static long bit(long slot) {
    return 1L << Math.floorMod(slot, (long) SLOTS) % Long.SIZE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Heard that
        && first == that.first
        && last == that.last
        && Arrays.equals(ring, that.ring);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ring) * 31 + Long.hashCode(last);
  }

  @Override
  public String toString() {
    return "heard in " + count() + " quarters of an hour";
  }
}

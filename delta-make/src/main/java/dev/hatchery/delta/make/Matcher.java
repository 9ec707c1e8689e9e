package dev.hatchery.delta.make;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds where bytes of the new file lie in the old one. Every block of the old file goes into a
 * table by its hash; a rolling hash over the new bytes asks the table, and what is found is grown
 * in both directions. Memory: about one int for each block of the old file.
 */
final class Matcher {
  private static final int BLOCK = 32;
  private static final int LEAST = 40;
  private static final int FACTOR = 0x2c1b3c6d;
  private static final int MAX_BLOCKS = 1 << 26;
  private static final int OUT = power(BLOCK - 1);

  private final Mapped old;
  private final Mapped now;
  private final int[] table;
  private final int mask;
  private final int stride;

  /** Bytes {@code [at, at + length)} of the new file are those from {@code from} of the old. */
  record Match(long at, long from, long length) {}

  Matcher(Mapped old, Mapped now) {
    this.old = old;
    this.now = now;
    long blocks = old.size() / BLOCK;
    this.stride = BLOCK * (int) Math.max(1, (blocks + MAX_BLOCKS - 1) / MAX_BLOCKS);
    int size = Integer.highestOneBit((int) Math.max(1, old.size() / stride)) * 2;
    this.table = new int[size];
    this.mask = size - 1;
    Arrays.fill(table, -1);
    for (int block = (int) (old.size() / stride) - 1; block >= 0; block--) {
      long at = (long) block * stride;
      if (at + BLOCK <= old.size()) table[slot(hash(old, at))] = block;
    }
  }

  private static int power(int exponent) {
    int power = 1;
    for (int i = 0; i < exponent; i++) power *= FACTOR;
    return power;
  }

  private static int hash(Mapped file, long at) {
    int hash = 0;
    for (int i = 0; i < BLOCK; i++) hash = hash * FACTOR + (file.at(at + i) & 255) + 1;
    return hash;
  }

  private int slot(int hash) {
    return (((hash ^ (hash >>> 15)) * 0x9e3779b1) >>> 7) & mask;
  }

  /** Matches within {@code [begin, end)} of the new file, in order and apart from each other. */
  List<Match> find(long begin, long end) {
    List<Match> found = new ArrayList<>();
    if (end - begin < BLOCK || old.size() < BLOCK) return found;
    long done = begin;
    long at = begin;
    int hash = hash(now, at);
    while (true) {
      int block = table[slot(hash)];
      long from = (long) block * stride;
      if (block >= 0 && now.same(at, old, from, BLOCK)) {
        Match match = grown(at, from, done, end);
        if (match.length() >= LEAST) {
          found.add(match);
          done = match.at() + match.length();
          at = done;
          if (end - at < BLOCK) return found;
          hash = hash(now, at);
          continue;
        }
      }
      if (at + BLOCK >= end) return found;
      hash = (hash - ((now.at(at) & 255) + 1) * OUT) * FACTOR + (now.at(at + BLOCK) & 255) + 1;
      at++;
    }
  }

  private Match grown(long at, long from, long least, long end) {
    long a = at;
    long b = from;
    while (a > least && b > 0 && now.at(a - 1) == old.at(b - 1)) {
      a--;
      b--;
    }
    long length = at - a + BLOCK;
    while (a + length < end
        && b + length < old.size()
        && now.at(a + length) == old.at(b + length)) {
      length++;
    }
    return new Match(a, b, length);
  }
}

package dev.hatchery.delta;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which parts of the result are written: each byte once, and in the end all of them. */
final class Coverage {
  /** Ops come nearly in order; a patch that scatters them costs memory, and is refused. */
  private static final int MAX_PIECES = 1 << 14;

  private final NavigableMap<Long, Long> endByBegin = new TreeMap<>();
  private final long size;

  Coverage(long size) {
    this.size = size;
  }

  void add(long at, long length) throws BadPatch {
    long end = at + length;
    if (at < 0 || length < 0 || end > size) {
      throw new BadPatch(
          BadPatch.Reason.RANGE, "an op writes past the result's end at " + size + ": " + end);
    }
    if (length == 0) return;
    if (!free(at, length)) throw twice(at);
    Map.Entry<Long, Long> before = endByBegin.floorEntry(at);
    Map.Entry<Long, Long> after = endByBegin.ceilingEntry(at);
    long begin = at;
    if (before != null && before.getValue() == at) begin = before.getKey();
    if (after != null && after.getKey() == end) {
      endByBegin.remove(after.getKey());
      end = after.getValue();
    }
    endByBegin.put(begin, end);
    if (endByBegin.size() > MAX_PIECES) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "the ops are scattered over too many pieces");
    }
  }

  boolean free(long at, long length) {
    Map.Entry<Long, Long> before = endByBegin.floorEntry(at);
    Map.Entry<Long, Long> after = endByBegin.ceilingEntry(at);
    return (before == null || before.getValue() <= at)
        && (after == null || after.getKey() >= at + length);
  }

  static BadPatch twice(long at) {
    return new BadPatch(BadPatch.Reason.TILING, "two ops write the byte at " + at);
  }

  boolean has(long at, long length) {
    Map.Entry<Long, Long> piece = endByBegin.floorEntry(at);
    return length == 0 || (piece != null && piece.getValue() - at >= length);
  }

  void requireWhole() throws BadPatch {
    if (!has(0, size)) {
      throw new BadPatch(BadPatch.Reason.TILING, "the patch does not write the whole result");
    }
  }

  /** Begin and end of every piece, in order. */
  List<Long> pieces() {
    List<Long> all = new ArrayList<>();
    endByBegin.forEach(
        (begin, end) -> {
          all.add(begin);
          all.add(end);
        });
    return all;
  }
}

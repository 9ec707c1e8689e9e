package dev.hatchery.delta.make;

import com.github.luben.zstd.Zstd;
import dev.hatchery.delta.Frame;
import dev.hatchery.delta.Lane;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.Parameters;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Bytes that belong to no part: headers, names, graphs, whole files of no known format. */
final class Gaps {
  /** A copy costs about this much in the table. */
  private static final int LEAST_COPY = 16;

  /** What is shorter is not worth a model. */
  private static final int LEAST_PROBE = 512;

  private static final int PROBE_WIDTH = 1024;
  private static final int PIECE = 1 << 18;
  private static final int ALIGNMENT = 64;
  private static final int LEVEL = 19;

  /** Each loads a dictionary. */
  private static final int MAX_ESTIMATES = 64;

  private static final Parameters NONE =
      new Parameters(
          new Op.Tensor(0, Lane.I8, 1, 1, new Op.Nothing(0), new Op.Plain(), Optional.empty()));

  private final Mapped old;
  private final Mapped now;
  private final Matcher matcher;
  private final Trial trial;
  private int estimates;

  Gaps(Mapped old, Mapped now) {
    this.old = old;
    this.now = now;
    this.matcher = new Matcher(old, now);
    this.trial = new Trial(old, now);
  }

  /** An op and where its bytes would be in the old file. */
  record Placed(Planned planned, long expected) {}

  /**
   * Plans a range.
   *
   * @param begin where in the old file its first byte would be, had nothing moved
   * @param end where its last byte would end
   */
  List<Placed> plan(long at, long until, long begin, long end) throws IOException {
    List<Placed> ops = new ArrayList<>();
    long from = at;
    long to = until;
    long head = forward(at, until, begin);
    if (head >= LEAST_COPY || head == until - at) {
      if (head > 0) ops.add(new Placed(copy(at, begin, head), begin));
      from += head;
    }
    long tail = backward(from, until, end);
    if (tail >= LEAST_COPY || tail == until - from) to -= tail;
    else tail = 0;
    long expected = begin + head;
    for (Matcher.Match match : matcher.find(from, to)) {
      between(ops, from, match.at(), expected);
      ops.add(new Placed(copy(match.at(), match.from(), match.length()), match.from()));
      from = match.at() + match.length();
      expected = match.from() + match.length();
    }
    between(ops, from, to, expected);
    if (tail > 0) ops.add(new Placed(copy(to, end - tail, tail), end - tail));
    return ops;
  }

  private long forward(long at, long until, long from) {
    if (from < 0) return 0;
    long most = Math.min(until - at, old.size() - from);
    if (most <= 0) return 0;
    long mismatch =
        MemorySegment.mismatch(now.segment(), at, at + most, old.segment(), from, from + most);
    return mismatch < 0 ? most : mismatch;
  }

  private long backward(long at, long until, long end) {
    if (end > old.size()) return 0;
    long most = Math.min(until - at, end);
    long same = 0;
    while (same < most && now.at(until - 1 - same) == old.at(end - 1 - same)) same++;
    return same;
  }

  // Nothing in the old file is equal; perhaps what lies at the same place is alike.
  private void between(List<Placed> ops, long at, long until, long expected) throws IOException {
    for (long from = at; from < until; ) {
      // Pieces end at round offsets, so that numbers within them begin at their first byte.
      long to = Math.min(until, (from / PIECE + 1) * PIECE);
      if (to - from >= LEAST_PROBE && from % ALIGNMENT != 0) {
        to = Math.min(to, (from / ALIGNMENT + 1) * ALIGNMENT);
      }
      long base = expected + from - at;
      ops.add(new Placed(cheapest(from, to, base), base));
      from = to;
    }
  }

  private Planned cheapest(long at, long until, long base) throws IOException {
    int length = (int) (until - at);
    Planned best = literal(at, until);
    if (length < LEAST_PROBE) return best;
    double least = 8.0 * packed(now.bytes(at, length), base);
    boolean aligned = base >= 0 && base + length <= old.size();
    for (Planned probe : probes(at, length, base, aligned)) {
      double bits =
          switch (probe.op()) {
            case Op.Unknown unknown -> trial.cost(unknown);
            case Op.Tensor tensor -> trial.cost(tensor, probe.parameters());
            case Op.Copy _, Op.Literal _ -> least;
          };
      if (bits < least) {
        least = bits;
        best = probe;
      }
    }
    return best;
  }

  // With a dictionary as the frame will have one, but for a file of countless gaps.
  private int packed(byte[] bytes, long base) {
    int size = (int) Math.min(Frame.MAX_WINDOW, old.size());
    if (size == 0 || ++estimates > MAX_ESTIMATES) return Zstd.compress(bytes, LEVEL).length;
    byte[] window = old.bytes(Math.clamp(base - size / 2, 0, old.size() - size), size);
    return FrameBuilder.packed(bytes, window).length;
  }

  private static List<Planned> probes(long at, int length, long base, boolean aligned) {
    List<Planned> probes = new ArrayList<>();
    probes.add(new Planned(new Op.Unknown(at, length, Optional.empty()), NONE));
    if (aligned) probes.add(new Planned(new Op.Unknown(at, length, Optional.of(base)), NONE));
    for (Lane lane : List.of(Lane.U8, Lane.I8, Lane.F16, Lane.F32)) {
      int bytes = lane.bits() / 8;
      int lanes = length / bytes;
      if (length % bytes != 0) continue;
      if (aligned) probes.add(probe(lane, at, lanes, new Op.Base(base)));
      if (lane.isFloat()) probes.add(probe(lane, at, lanes, new Op.Nothing(0)));
    }
    return probes;
  }

  private static Planned probe(Lane lane, long at, int lanes, Op.Origin origin) {
    int width = Math.min(PROBE_WIDTH, lanes);
    Op.Tensor op = new Op.Tensor(at, lane, lanes, width, origin, new Op.Plain(), Optional.empty());
    return new Planned(op, new Parameters(op));
  }

  static Planned copy(long at, long from, long length) {
    return new Planned(new Op.Copy(at, from, length), NONE);
  }

  static Planned literal(long at, long end) {
    return new Planned(new Op.Literal(at, end - at), NONE);
  }
}

package dev.hatchery.delta.make;

import dev.hatchery.delta.Header;
import dev.hatchery.delta.Lane;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.Parameters;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Files for testing a decoder: one for each op, lane, origin, scaling and layout. Each is a base, a
 * patch and the result.
 */
final class Vectors {
  private static final int WIDTH = 22;
  private static final int ROWS = 40;

  /** The last row is short. */
  private static final int LANES = WIDTH * ROWS - 8;

  /** Every file begins with scales. */
  private static final int SCALES = WIDTH * ROWS / 4;

  private final List<Vector> all = new ArrayList<>();

  /** One of them, still to be encoded. */
  static final class Vector {
    private final String name;
    private final byte[] base;
    private final byte[] result;
    private final List<Planned> ops;

    Vector(String name, byte[] base, byte[] result, List<Planned> ops) {
      this.name = name;
      this.base = base;
      this.result = result;
      this.ops = ops;
    }

    String name() {
      return name;
    }

    byte[] base() {
      return base;
    }

    byte[] result() {
      return result;
    }

    List<Planned> ops() {
      return ops;
    }
  }

  static List<Vector> all() {
    Vectors vectors = new Vectors();
    vectors.bytes();
    vectors.tensors();
    return vectors.all;
  }

  private void bytes() {
    add("empty", new byte[0], new byte[0], List.of());
    byte[] text = Bytes.text(3000, 1);
    add(
        "first-download",
        new byte[0],
        text,
        List.of(Gaps.literal(0, 1000), Gaps.literal(1000, 3000)));
    byte[] noise = Bytes.random(500, 2);
    add("stored", new byte[0], noise, List.of(Gaps.literal(0, 500)));

    byte[] base = Bytes.text(4000, 3);
    byte[] changed = new Bytes().bytes(Arrays.copyOfRange(base, 2000, 4000)).bytes(base).toBytes();
    for (int i = 0; i < 300; i++) changed[1500 + i * 3] = (byte) ('a' + i % 7);
    add(
        "copy-and-literal",
        base,
        changed,
        List.of(Gaps.copy(3000, 1000, 3000), Gaps.copy(0, 2000, 1500), Gaps.literal(1500, 3000)));

    byte[] before = Bytes.text(17_000, 4);
    byte[] after = before.clone();
    for (int i = 0; i < after.length; i += 41) after[i] += (byte) i;
    Op alike = new Op.Unknown(0, 16_900, Optional.of(50L));
    Op alone = new Op.Unknown(16_900, 100, Optional.empty());
    Parameters none = Gaps.literal(0, 1).parameters();
    add("unknown", before, after, List.of(new Planned(alike, none), new Planned(alone, none)));
  }

  private void tensors() {
    for (Lane lane : Lane.values()) {
      tensor("nothing-" + lane, lane, new Op.Nothing(lane == Lane.U8 ? 128 : 0), plain(), 0);
      tensor("base-" + lane, lane, base(), plain(), 0);
      tensor("rows-" + lane, lane, base(), new Op.Channels(false, 12), 0);
    }
    tensor("columns-I8", Lane.I8, base(), new Op.Channels(true, 9), 0);
    tensor("columns-F16", Lane.F16, base(), new Op.Channels(true, 13), 0);
    tensor("factor-F32", Lane.F32, new Op.Written(SCALES), new Op.Factor(1.7f), 0);
    tensor("factor-BF16", Lane.BF16, base(), new Op.Factor(0.37f), 0);
    tensor("written-I8", Lane.I8, new Op.Written(SCALES), plain(), 0);
    tensor("scales-row-I8", Lane.I8, base(), scales(new Op.PerRow(), Lane.F32, ROWS, 0), 0);
    tensor("scales-column-U8", Lane.U8, base(), scales(new Op.PerColumn(), Lane.F16, 11, 128), 0);
    tensor("scales-one-I32", Lane.I32, base(), scales(new Op.PerColumn(), Lane.F32, 1, 0), 0);
    tensor("scales-block-U4", Lane.U4, base(), scales(new Op.PerBlock(16), Lane.F16, 50, 8), 0);
    tensor("scales-block-I4", Lane.I4, base(), scales(new Op.PerBlock(32), Lane.BF16, 30, 0), 0);
    tensor("rank-F32", Lane.F32, base(), plain(), 3);
    tensor("rank-F16", Lane.F16, base(), new Op.Channels(false, 12), 2);
    tensor("rank-BF16", Lane.BF16, base(), plain(), 1);
    tensor("rank-I8", Lane.I8, base(), scales(new Op.PerRow(), Lane.F32, ROWS, 0), 4);
    tensor("rank-nothing-F32", Lane.F32, new Op.Nothing(0), plain(), 2);
  }

  private static Op.Scaling plain() {
    return new Op.Plain();
  }

  private static Op.Origin base() {
    return new Op.Base(SCALES);
  }

  private static Op.Scaling scales(Op.Layout layout, Lane lane, int count, int zero) {
    return new Op.Scales(layout, 0, 0, lane, count, zero);
  }

  // Scales, a tensor, the tensor at hand, and some bytes.
  private void tensor(String name, Lane lane, Op.Origin origin, Op.Scaling scaling, int rank) {
    var random = new Random(name.hashCode());
    int[] old = Bytes.weights(lane, LANES, random);
    int[] early = moved(lane, old, 1, random);
    double ratio = scaling instanceof Op.Factor factor ? factor.factor() : 1.02;
    int[] now = moved(lane, origin instanceof Op.Written ? early : old, ratio, random);
    if (lane.isFloat()) specials(lane, now, random);
    Lane scale = scaling instanceof Op.Scales s ? s.lane() : Lane.F32;
    byte[] base =
        new Bytes()
            .bytes(scales(scale, 1, new Random(1)))
            .lanes(lane, old)
            .bytes(Bytes.text(20, 1))
            .toBytes();
    Bytes head = new Bytes().bytes(scales(scale, 1.02, new Random(1))).lanes(lane, early);
    int at = head.size();
    byte[] result = head.lanes(lane, now).bytes(Bytes.text(40, 1)).toBytes();
    Optional<Op.LowRank> low =
        rank == 0
            ? Optional.empty()
            : Optional.of(new Op.LowRank(rank, lane.isFloat() ? 0.0000123 : 0.0117));
    var op = new Op.Tensor(at, lane, LANES, WIDTH, origin, scaling, low);
    var parameters = new Parameters(op);
    fill(parameters, random);
    int end = at + (int) op.length();
    add(
        name,
        base,
        result,
        List.of(
            Gaps.literal(0, at), new Planned(op, parameters), Gaps.literal(end, result.length)));
  }

  private static byte[] scales(Lane lane, double ratio, Random random) {
    int[] lanes = new int[SCALES * 8 / lane.bits()];
    for (int i = 0; i < lanes.length; i++) {
      // One of them is nothing, and a ratio of it no number.
      double scale = i == 7 ? 0 : 0.01 * (1 + random.nextDouble()) * ratio;
      lanes[i] = lane.nearest(scale);
    }
    return Bytes.packed(lane, lanes);
  }

  private static int[] moved(Lane lane, int[] from, double ratio, Random random) {
    int[] lanes = new int[from.length];
    for (int i = 0; i < from.length; i++) {
      double noise = random.nextGaussian() * (lane.isFloat() ? 0.0007 : 0.6);
      lanes[i] = lane.nearest(lane.value(from[i]) * ratio + noise);
    }
    return lanes;
  }

  // Minus zero, infinities, what is no number, the smallest; and one far from its prediction.
  private static void specials(Lane lane, int[] lanes, Random random) {
    int bits = 31 - (32 - lane.bits());
    int most = (int) ((1L << bits) - 1);
    int mantissa = lane == Lane.F32 ? 23 : lane == Lane.F16 ? 10 : 7;
    int infinity = most >> mantissa << mantissa;
    int[] specials = {0, -1, infinity, ~infinity, most, ~most, 1, -2, lane.nearest(1e5)};
    for (int special : specials) lanes[random.nextInt(lanes.length)] = special;
  }

  private static void fill(Parameters parameters, Random random) {
    for (int i = 0; i < parameters.ratios.length; i++) {
      parameters.ratios[i] = (int) (80 + random.nextGaussian() * 9);
    }
    for (int i = 0; i < parameters.left.length; i++) {
      parameters.left[i] = (int) (random.nextGaussian() * 7);
    }
    if (parameters.left.length > 0) parameters.left[0] = 90_000;
    for (int i = 0; i < parameters.right.length; i++) {
      parameters.right[i] = (int) (random.nextGaussian() * 5);
    }
    for (int i = 0; i < parameters.exponents.length; i++) {
      parameters.exponents[i] = random.nextInt(-2, 3);
    }
  }

  private void add(String name, byte[] base, byte[] result, List<Planned> ops) {
    all.add(new Vector(name.toLowerCase(java.util.Locale.ROOT), base, result, ops));
  }

  /** Encodes one, each op in a frame of its own but the last two. */
  static byte[] patch(Vector vector, Path folder) throws IOException {
    Path base = Files.write(folder.resolve(vector.name() + ".base"), vector.base());
    Path result = Files.write(folder.resolve(vector.name() + ".result"), vector.result());
    try (Mapped old = Mapped.open(base);
        Mapped now = Mapped.open(result)) {
      FrameBuilder builder = new FrameBuilder(old, now);
      Bytes frames = new Bytes();
      int count = 0;
      int size = (int) Math.min(1000, old.size());
      for (int i = 0; i < vector.ops().size(); i++) {
        boolean last = i + 2 >= vector.ops().size();
        List<Planned> ops = vector.ops().subList(i, last ? vector.ops().size() : i + 1);
        frames.bytes(builder.build(ops, old.size() - size, size));
        count++;
        if (last) break;
      }
      Header header =
          new Header(old.size(), sha256(vector.base()), now.size(), sha256(vector.result()), count);
      return new Bytes().bytes(header.bytes()).bytes(frames.toBytes()).toBytes();
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}

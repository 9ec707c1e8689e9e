package dev.hatchery.delta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Small sound patches, each of one kind of op. */
final class Samples {
  private static final int LANES = 24;
  private static final int WIDTH = 6;

  /** Where the tensor of a base lies, and that of a result which others are predicted from. */
  private static final int TENSOR = 24;

  private Samples() {}

  /** A base, a result, and the patch between them. */
  static final class Sample {
    final byte[] base;
    final byte[] result;
    final byte[] patch;

    Sample(byte[] base, byte[] result, PatchOut patch) {
      this.base = base;
      this.result = result;
      this.patch = patch.toBytes();
    }
  }

  static Map<String, Sample> all() {
    Map<String, Sample> all = new TreeMap<>();
    try {
      all.put("bytes", bytes());
      all.put("unknown", unknown());
      all.put(
          "empty", new Sample(new byte[0], new byte[0], new PatchOut(new byte[0], new byte[0])));
      for (Lane lane : Lane.values()) {
        all.put(lane + " plain", tensor(lane, base(), new Op.Plain(), 0));
        all.put(lane + " from nothing", tensor(lane, new Op.Nothing(3), new Op.Plain(), 0));
      }
      for (Lane lane : new Lane[] {Lane.I8, Lane.F16, Lane.F32}) {
        all.put(lane + " factor", tensor(lane, written(), new Op.Factor(1.5f), 0));
        all.put(lane + " rows", tensor(lane, base(), new Op.Channels(false, 6), 0));
        all.put(lane + " columns", tensor(lane, base(), new Op.Channels(true, 9), 0));
        all.put(lane + " rank", tensor(lane, base(), new Op.Plain(), 2));
      }
      all.put("BF16 rank of rows", tensor(Lane.BF16, base(), new Op.Channels(false, 5), 1));
      all.put("U8 scales by row", tensor(Lane.U8, base(), scales(new Op.PerRow(), 4), 0));
      all.put("I8 scales by column", tensor(Lane.I8, base(), scales(new Op.PerColumn(), 6), 1));
      all.put("U4 scales by block", tensor(Lane.U4, base(), scales(new Op.PerBlock(4), 6), 0));
      all.put("I4 one scale", tensor(Lane.I4, base(), scales(new Op.PerColumn(), 1), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private static Op.Origin base() {
    return new Op.Base(TENSOR);
  }

  private static Op.Origin written() {
    return new Op.Written(TENSOR);
  }

  private static Op.Scaling scales(Op.Layout layout, int count) {
    return new Op.Scales(layout, 0, 0, Lane.F32, count, 2);
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Sample bytes() {
    byte[] base = random(90, 1);
    byte[] result = new byte[200];
    System.arraycopy(base, 40, result, 20, 50);
    System.arraycopy(base, 0, result, 70, 30);
    Arrays.fill(result, 100, 200, (byte) 7);
    FrameOut first = new FrameOut().copy(20, 40, 50);
    first.literal(0, Arrays.copyOf(result, 20)).copy(70, 0, 30);
    FrameOut second = new FrameOut().literal(100, Arrays.copyOfRange(result, 100, 200));
    second.packed(30, Arrays.copyOfRange(base, 30, 60));
    return new Sample(base, result, new PatchOut(base, result).frame(first).frame(second));
  }

  private static Sample unknown() {
    byte[] base = random(60, 2);
    byte[] result = random(100, 3);
    System.arraycopy(base, 10, result, 50, 40);
    result[60] ^= 4;
    FrameOut frame = new FrameOut().unknown(0, 50, -1).unknown(50, 40, 10);
    frame.literal(90, Arrays.copyOfRange(result, 90, 100));
    var codec = new TensorCodec(new Prediction(new Memory(base), new Memory(result)));
    codec.unknown(frame.codes, Arrays.copyOf(result, 50), 50, null, true);
    byte[] like = Arrays.copyOfRange(base, 10, 50);
    codec.unknown(frame.codes, Arrays.copyOfRange(result, 50, 90), 40, like, true);
    return new Sample(base, result, new PatchOut(base, result).frame(frame));
  }

  /**
   * One tensor, of every origin and scaling.
   *
   * <p>Both files begin with six scales and then a tensor; the result has a second one, which is
   * the one at hand.
   */
  static Sample tensor(Lane lane, Op.Origin origin, Op.Scaling scaling, int rank)
      throws IOException {
    var random = new Random(lane.code() * 31L + rank);
    int[] old = Numbers.weights(lane, LANES, random);
    int[] between = Numbers.moved(lane, old, 1.01, random);
    int[] now = Numbers.moved(lane, between, scaling instanceof Op.Plain ? 1 : 1.3, random);
    if (lane.isFloat()) {
      now[5] = lane.ordered(~0 << lane.mantissa()); // minus infinity
      now[6] = lane.ordered(~0); // no number at all
      now[7] = -1; // minus zero
      now[8] = 1; // the smallest
    }
    byte[] before = new Out().bytes(scales(1)).bytes(Numbers.packed(lane, old)).toBytes();
    Out after = new Out().bytes(scales(1.1f)).bytes(Numbers.packed(lane, between));
    int at = after.size();
    byte[] result = after.bytes(Numbers.packed(lane, now)).u8(1).toBytes();

    Optional<Op.LowRank> lowRank =
        rank == 0 ? Optional.empty() : Optional.of(new Op.LowRank(rank, 0x1p-9));
    var op = new Op.Tensor(at, lane, LANES, WIDTH, origin, scaling, lowRank);
    var parameters = new Parameters(op);
    fill(parameters, random);
    FrameOut first = new FrameOut().literal(0, Arrays.copyOf(result, at));
    Memory base = new Memory(before);
    FrameOut second = new FrameOut().tensor(op, parameters, base, new Memory(result));
    second.literal(result.length - 1, (byte) 1);
    return new Sample(before, result, new PatchOut(before, result).frame(first).frame(second));
  }

  static void fill(Parameters parameters, Random random) {
    for (int i = 0; i < parameters.ratios.length; i++) parameters.ratios[i] = random.nextInt(-9, 9);
    for (int i = 0; i < parameters.left.length; i++) {
      parameters.left[i] = random.nextInt(-20, 20);
    }
    for (int i = 0; i < parameters.right.length; i++) {
      parameters.right[i] = random.nextInt(-20, 20);
    }
    for (int i = 0; i < parameters.exponents.length; i++) {
      parameters.exponents[i] = random.nextInt(-3, 3);
    }
  }

  private static byte[] scales(float first) {
    Out out = new Out();
    for (int i = 0; i < TENSOR / 4; i++) out.f32(first * (1 + i * 0.125f));
    return out.toBytes();
  }
}

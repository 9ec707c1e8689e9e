package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Patches that no encoder would make, whose checksums are right. */
final class HostilePatchTest {
  /** What a decoder may allocate besides what it has from the beginning. */
  private static final long MOST = 8 << 20;

  private static final byte[] BASE = base();
  private static final byte[] RESULT = new byte[100];

  /** A patch and what is wrong with it. */
  private static final class Hostile {
    private final byte[] patch;
    private final BadPatch.Reason reason;

    Hostile(byte[] patch, BadPatch.Reason reason) {
      this.patch = patch;
      this.reason = reason;
    }
  }

  private static byte[] base() {
    byte[] base = Samples.random(200, 1);
    System.arraycopy(new Out().u32(0xec30a437L).toBytes(), 0, base, 100, 4);
    return base;
  }

  private static final Map<String, Hostile> HOSTILE = all();

  static Set<String> hostile() {
    return HOSTILE.keySet();
  }

  private static Map<String, Hostile> all() {
    Map<String, Hostile> all = new TreeMap<>();
    reads(all);
    writes(all);
    compression(all);
    bombs(all);
    try {
      lanes(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private static void add(
      Map<String, Hostile> all, String name, BadPatch.Reason reason, FrameOut... frames) {
    PatchOut patch = new PatchOut(BASE, RESULT);
    for (FrameOut frame : frames) patch.frame(frame);
    all.put(name, new Hostile(patch.toBytes(), reason));
  }

  private static FrameOut zeros(FrameOut frame, int lanes) {
    for (int i = 0; i < lanes * 4; i++) frame.codes.bit(0, 32_768);
    return frame;
  }

  private static FrameOut tensor(Lane lane, int lanes, int width) {
    return zeros(new FrameOut().tensor(0, lane, lanes, width), lanes);
  }

  private static void reads(Map<String, Hostile> all) {
    var range = BadPatch.Reason.RANGE;
    add(all, "a copy past the base's end", range, new FrameOut().copy(0, 150, 51));
    add(all, "a copy far outside the base", range, new FrameOut().copy(0, 1L << 39, 1));
    add(all, "likeness past the base's end", range, new FrameOut().unknown(0, 51, 150));
    FrameOut past = tensor(Lane.I8, 50, 10).base(151, Lane.I8, 50).bytes(0, 0);
    add(all, "a tensor past the base's end", range, past);
    FrameOut unwritten = tensor(Lane.I8, 50, 10).written(50).bytes(0, 0);
    add(all, "a tensor that reads what is not written", range, unwritten);
    add(all, "a tensor that reads itself", range, tensor(Lane.I8, 50, 10).written(0).bytes(0, 0));
    FrameOut half = new FrameOut().literal(0, new byte[49]).tensor(50, Lane.I8, 50, 10);
    add(all, "a tensor that reads one byte too many", range, half.written(0).bytes(0, 0));
    FrameOut scales = tensor(Lane.I8, 50, 10).nothing(0).bytes(5);
    scales.table.u64(0).u64(50).u8(7).u32(10).u32(0).u8(0);
    add(all, "scales that are not written", range, scales);
    FrameOut many = tensor(Lane.I8, 50, 10).nothing(0).bytes(5);
    many.table.u64(0).u64(50).u8(7).u32(Op.MAX_LANES).u32(0).u8(0);
    add(all, "a great many scales", range, many);
    FrameOut outside = new FrameOut().literal(0, new byte[40]).tensor(40, Lane.I8, 5, 5);
    outside.nothing(0).bytes(4).table.u64(161).u64(0).u8(7).u32(10).u32(0).u8(0);
    add(all, "scales past the base's end", range, outside);
    FrameOut window = new FrameOut().literal(0, RESULT).packed(150, new byte[51]);
    add(all, "a dictionary past the base's end", range, window);
  }

  private static void writes(Map<String, Hostile> all) {
    var range = BadPatch.Reason.RANGE;
    var tiling = BadPatch.Reason.TILING;
    add(all, "a copy past the result's end", range, new FrameOut().copy(50, 0, 51));
    add(all, "a literal past the result's end", range, new FrameOut().literal(99, new byte[2]));
    add(all, "bytes past the result's end", range, new FrameOut().unknown(1, 100, -1));
    add(all, "far past the result's end", range, new FrameOut().copy(1L << 39, 0, 4));
    FrameOut tensor = zeros(new FrameOut().tensor(52, Lane.I8, 49, 7).nothing(0).bytes(0, 0), 49);
    add(all, "a tensor past the result's end", range, tensor);
    FrameOut twice = new FrameOut().literal(0, new byte[50]).copy(49, 0, 51);
    add(all, "a byte written twice", tiling, twice);
    FrameOut around = new FrameOut().literal(40, new byte[20]).copy(0, 0, 100);
    add(all, "a copy around what is written", tiling, around);
    FrameOut[] frames = {new FrameOut().literal(0, RESULT), new FrameOut().unknown(99, 1, -1)};
    add(all, "a byte written by two frames", tiling, frames);
    add(all, "a byte that is not written", tiling, new FrameOut().literal(1, new byte[99]));
    add(all, "a result that is not written", tiling);
    add(all, "a frame without ops", BadPatch.Reason.LENGTH, new FrameOut());
    add(all, "another result", BadPatch.Reason.RESULT, new FrameOut().copy(0, 0, 100));
  }

  private static void compression(Map<String, Hostile> all) {
    var wrong = BadPatch.Reason.COMPRESSION;
    byte[] none = new byte[0];
    FrameOut longer = new FrameOut().literal(0, RESULT).packed(0, none);
    longer.literals.bytes(new byte[1000]);
    add(all, "literals that are larger than announced", wrong, longer.announcing(-1, 100));
    FrameOut shorter = new FrameOut().begin(1, 0).packed(0, none);
    shorter.table.u32(100);
    shorter.literals.bytes(new byte[50]);
    add(all, "literals that are smaller than announced", wrong, shorter.announcing(-1, 100));
    FrameOut bomb = new FrameOut().begin(1, 0).packed(0, none);
    bomb.table.u32(100);
    bomb.literals.bytes(new byte[64 << 20]);
    add(all, "literals of 64 MiB", BadPatch.Reason.LIMIT, bomb.announcing(-1, 100));
    FrameOut table = new FrameOut().packedTable();
    table.table.bytes(new byte[64 << 20]);
    add(all, "a table of 64 MiB", wrong, table.announcing(9000, -1));
    FrameOut noise = new FrameOut().begin(1, 0);
    noise.table.u32(100);
    noise.literals.bytes(Samples.random(60, 5));
    add(all, "literals that are not zstd", wrong, noise.announcing(-1, 100));
    FrameOut nothing = new FrameOut().begin(1, 0);
    nothing.table.u32(100);
    add(all, "literals that are not there", wrong, nothing.announcing(-1, 100));
    FrameOut formatted = new FrameOut().literal(0, RESULT).packed(100, new byte[64]);
    add(all, "a dictionary of zstd's own format", wrong, formatted);
    FrameOut ops = new FrameOut();
    for (int i = 0; i < 100; i++) ops.copy(i, i, 1);
    add(all, "a table that is smaller", wrong, ops.packedTable().announcing(2501, -1));
    FrameOut fewer = new FrameOut();
    for (int i = 0; i < 100; i++) fewer.copy(i, i, 1);
    add(all, "a table that is larger", wrong, fewer.packedTable().announcing(2499, -1));
    FrameOut untaken = new FrameOut().literal(0, RESULT);
    untaken.literals.u8(1);
    add(all, "literals that nobody takes", BadPatch.Reason.LENGTH, untaken);
    FrameOut missing = new FrameOut().literal(0, RESULT).begin(1, 50);
    missing.table.u32(1);
    add(all, "literals that are too few", BadPatch.Reason.LENGTH, missing);
  }

  private static void lanes(Map<String, Hostile> all) throws IOException {
    var ended = BadPatch.Reason.LENGTH;
    add(
        all,
        "no codes at all",
        BadPatch.Reason.RESULT,
        new FrameOut().unknown(0, 100, -1).losing(99, 0));
    byte[] result = Samples.random(100, 9);
    var op = new Op.Tensor(0, Lane.F32, 25, 5, new Op.Nothing(0), new Op.Plain(), Optional.empty());
    Memory target = new Memory(result);
    FrameOut raws = new FrameOut().tensor(op, new Parameters(op), new Memory(BASE), target);
    add(all, "raw bits that end early", ended, raws.losing(0, 20));
    FrameOut codes = new FrameOut().tensor(op, new Parameters(op), new Memory(BASE), target);
    add(all, "codes that end early", ended, codes.losing(20, 0));
    FrameOut noise = new FrameOut().tensor(0, Lane.I32, 25, 5).nothing(Integer.MAX_VALUE);
    noise.bytes(0, 1).table.f64(Double.NaN);
    for (byte code : Samples.random(4000, 3)) noise.codes.bit(code & 1, 32_768);
    for (int i = 0; i < 4000; i++) noise.codes.raw(i * 7919 & 0xffff, 16);
    add(all, "noise as a low-rank correction", BadPatch.Reason.RESULT, noise);
    FrameOut infinite = new FrameOut().tensor(0, Lane.F32, 25, 5).base(3, Lane.F32, 25).bytes(1);
    infinite.table.f32(Float.POSITIVE_INFINITY).u8(2).f64(Double.MAX_VALUE);
    for (byte code : Samples.random(4000, 4)) infinite.codes.bit(code & 1, 32_768);
    for (int i = 0; i < 4000; i++) infinite.codes.raw(i * 7919 & 0xffff, 16);
    add(all, "an infinite factor", BadPatch.Reason.RESULT, infinite);
    FrameOut centre = new FrameOut().tensor(0, Lane.F16, 50, 5).nothing(Integer.MIN_VALUE);
    centre.bytes(2, 0, 0);
    for (byte code : Samples.random(4000, 5)) centre.codes.bit(code & 1, 32_768);
    for (int i = 0; i < 4000; i++) centre.codes.raw(i * 7919 & 0xffff, 16);
    add(all, "a centre that is no half", BadPatch.Reason.RESULT, centre);
  }

  private static void bombs(Map<String, Hostile> all) {
    var limit = BadPatch.Reason.LIMIT;
    FrameOut large = new FrameOut().tensor(0, Lane.I8, 17 << 20, 1 << 10).nothing(0).bytes(0, 0);
    all.put(
        "a tensor of 17 MiB",
        new Hostile(new PatchOut(BASE, RESULT).frame(large).withSizes(200, 1L << 40, 1), limit));
    FrameOut ratios = new FrameOut().tensor(0, Lane.U8, 16 << 20, 1).nothing(0).bytes(2, 0, 0);
    all.put(
        "16 Mi ratios",
        new Hostile(new PatchOut(BASE, RESULT).frame(ratios).withSizes(200, 1L << 40, 1), limit));
    FrameOut ranked = new FrameOut().tensor(0, Lane.U8, 1, 1 << 14).nothing(0).bytes(0, 64);
    ranked.table.f64(1);
    add(all, "64 ranks of one lane", limit, ranked);
    all.put("74,000 ops of one byte", new Hostile(bytes(74_000), limit));
    all.put("as many ops as may be", new Hostile(bytes(Op.MAX_OPS), BadPatch.Reason.LENGTH));
    FrameOut scattered = new FrameOut();
    for (int i = 0; i < Op.MAX_OPS; i++) scattered.copy(2L * i, 0, 1);
    scattered.packedTable();
    FrameOut more = new FrameOut().copy(80_000, 0, 1);
    all.put(
        "copies that are scattered",
        new Hostile(
            new PatchOut(BASE, RESULT).frame(scattered).frame(more).withSizes(200, 90_000, 2),
            limit));
    byte[] frames = new PatchOut(BASE, RESULT).withSizes(200, 1L << 40, 1 << 20);
    all.put("a million frames that are not there", new Hostile(frames, BadPatch.Reason.LENGTH));
  }

  private static byte[] bytes(int count) {
    FrameOut ops = new FrameOut();
    for (int i = 0; i < count; i++) ops.unknown(i, 1, -1);
    return new PatchOut(BASE, RESULT).frame(ops.packedTable()).withSizes(200, 100_000, 1);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void isRefusedWithinItsMemory(String name) throws IOException {
    Hostile hostile = Objects.requireNonNull(HOSTILE.get(name));
    var decoded = new Decoded(BASE);
    decoded.reason(hostile.patch);

    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    BadPatch.Reason reason = decoded.reason(hostile.patch);
    long after = threads.getCurrentThreadAllocatedBytes();

    assertThat(reason).isEqualTo(hostile.reason);
    assertThat(after - before).isLessThan(MOST + hostile.patch.length);
  }

  @Test
  void aDictionaryIsRawContentUnlessItBeginsAsOneOfZstds() throws Exception {
    byte[] result = Arrays.copyOfRange(BASE, 101, 199);
    FrameOut frame = new FrameOut().literal(0, result);
    frame.packed(101, Arrays.copyOfRange(BASE, 101, 199));
    byte[] patch = new PatchOut(BASE, result).frame(frame).toBytes();

    assertThat(new Decoded(BASE).of(patch)).isEqualTo(result);
    assertThat(patch.length).isLessThan(92 + 44 + 13 + Zstd.compress(result).length);
  }
}

package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers, frame heads and tables: what is read, and the limit of every number. */
final class ParseTest {
  private static final byte[] HASH = Samples.random(32, 1);

  private static byte[] header(long base, long result, int frames) {
    Out out = new Out().bytes((byte) 0xc8, (byte) 'D', (byte) 'L', (byte) 1).u32(frames);
    out.u64(base).u64(result).bytes(HASH).bytes(Samples.random(32, 2));
    return out.u32(FrameOut.sum(out.toBytes())).toBytes();
  }

  private interface Parsing {
    void run() throws BadPatch;
  }

  private static BadPatch.Reason reason(Parsing parsing) {
    try {
      parsing.run();
    } catch (BadPatch bad) {
      return bad.reason();
    }
    throw new AssertionError("it was read");
  }

  @Test
  void aHeaderSaysWhatTheFilesAre() throws BadPatch {
    byte[] bytes = header(1L << 40, 3, 1 << 20);
    Header header = Header.parse(bytes);

    assertThat(header.baseSize()).isEqualTo(1L << 40);
    assertThat(header.resultSize()).isEqualTo(3);
    assertThat(header.frames()).isEqualTo(1 << 20);
    assertThat(header.baseSha256()).isEqualTo(HASH);
    assertThat(header.resultSha256()).isEqualTo(Samples.random(32, 2));
    assertThat(header.bytes()).isEqualTo(bytes);
  }

  @Test
  void aHeadersNumbersHaveLimits() {
    long tooLarge = (1L << 40) + 1;
    for (byte[] bad :
        List.of(
            header(tooLarge, 0, 0),
            header(-1, 0, 0),
            header(0, tooLarge, 0),
            header(0, -1, 0),
            header(0, 0, -1),
            header(0, 0, (1 << 20) + 1))) {
      assertThat(reason(() -> Header.parse(bad))).isEqualTo(BadPatch.Reason.LIMIT);
    }
  }

  private static byte[] head(long... numbers) {
    Out out = new Out();
    for (int i = 0; i < 9; i++) {
      if (i == 4) out.u64(numbers[i]);
      else out.u32(numbers[i]);
    }
    return out.u32(FrameOut.sum(out.toBytes())).toBytes();
  }

  @Test
  void aFramesHeadSaysHowLargeItsSectionsAre() throws BadPatch {
    byte[] bytes = head(20, 10, 1 << 20, 30, 1L << 40, 1 << 20, 32 << 20, 32 << 20, -7);
    Frame frame = Frame.parse(bytes);

    assertThat(frame)
        .isEqualTo(new Frame(20, 10, 1 << 20, 30, 1L << 40, 1 << 20, 32 << 20, 32 << 20, -7));
    assertThat(frame.bytes()).isEqualTo(bytes);
    assertThat(frame.body()).isEqualTo(40 + (64 << 20));
    // Literals that are stored as they are may be many.
    assertThat(Frame.parse(head(1, 1, 1 << 30, 1 << 30, 0, 0, 0, 0, 0)).literals()).isPositive();
  }

  @Test
  void aFramesSizesHaveLimits() {
    int most = 1 << 20;
    for (byte[] bad :
        List.of(
            head(most + 1, 1, 0, 0, 0, 0, 0, 0, 0),
            head(-1, 1, 0, 0, 0, 0, 0, 0, 0),
            head(5, 6, 0, 0, 0, 0, 0, 0, 0),
            head(5, -1, 0, 0, 0, 0, 0, 0, 0),
            head(5, 5, most + 1, 7, 0, 0, 0, 0, 0),
            head(5, 5, (1 << 30) + 1, (1 << 30) + 1, 0, 0, 0, 0, 0),
            head(5, 5, 7, 8, 0, 0, 0, 0, 0),
            head(5, 5, 7, -8, 0, 0, 0, 0, 0),
            head(5, 5, 7, 6, 0, most + 1, 0, 0, 0),
            head(5, 5, 7, 6, 0, -1, 0, 0, 0),
            head(5, 5, 0, 0, 0, 0, (32 << 20) + 1, 0, 0),
            head(5, 5, 0, 0, 0, 0, -1, 0, 0),
            head(5, 5, 0, 0, 0, 0, 0, (32 << 20) + 1, 0),
            head(5, 5, 0, 0, 0, 0, 0, Integer.MIN_VALUE, 0))) {
      assertThat(reason(() -> Frame.parse(bad))).isEqualTo(BadPatch.Reason.LIMIT);
    }
    for (long window : new long[] {-1, (1L << 40) + 1, Long.MIN_VALUE}) {
      byte[] bad = head(5, 5, 7, 6, window, 1, 0, 0, 0);
      assertThat(reason(() -> Frame.parse(bad))).isEqualTo(BadPatch.Reason.RANGE);
    }
  }

  @Test
  void aTableSaysItsOps() throws BadPatch {
    FrameOut frame = new FrameOut().copy(100, 50, 20).literal(120, new byte[6]);
    frame.copy(10, 70, 5).unknown(200, 9, -1).unknown(209, 9, 3);
    frame.tensor(300, Lane.U4, 33, 33).nothing(-5).bytes(0, 0);
    frame.tensor(400, Lane.F16, 12, 4).base(500, Lane.F16, 12).bytes(3, 30, 0);
    frame.tensor(500, Lane.I8, 12, 4).written(300).bytes(6);
    frame.table.u32(7).u64(11).u64(12).u8(Lane.BF16.code()).u32(9).u32(-3).u8(1).f64(0.5);

    assertThat(Op.parse(frame.table.toBytes()))
        .containsExactly(
            new Op.Copy(100, 50, 20),
            new Op.Literal(120, 6),
            new Op.Copy(10, 70, 5),
            new Op.Unknown(200, 9, Optional.empty()),
            new Op.Unknown(209, 9, Optional.of(3L)),
            new Op.Tensor(
                300, Lane.U4, 33, 33, new Op.Nothing(-5), new Op.Plain(), Optional.empty()),
            new Op.Tensor(
                400,
                Lane.F16,
                12,
                4,
                new Op.Base(500),
                new Op.Channels(true, 30),
                Optional.empty()),
            new Op.Tensor(
                500,
                Lane.I8,
                12,
                4,
                new Op.Written(300),
                new Op.Scales(new Op.PerBlock(7), 11, 12, Lane.BF16, 9, -3),
                Optional.of(new Op.LowRank(1, 0.5))));
  }

  private static BadPatch.Reason table(FrameOut frame) {
    return reason(() -> Op.parse(frame.table.toBytes()));
  }

  @Test
  void aTableCutWithinAnOpIsRefused() {
    FrameOut whole = new FrameOut().tensor(500, Lane.I8, 12, 4).written(300).bytes(6);
    whole.table.u32(7).u64(11).u64(12).u8(Lane.BF16.code()).u32(9).u32(-3).u8(1).f64(0.5);
    byte[] bytes = whole.table.toBytes();
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThat(reason(() -> Op.parse(cut))).isEqualTo(BadPatch.Reason.LENGTH);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, (1L << 40) + 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 62})
  void anOffsetOutsideAnyFileIsRefused(long offset) {
    FrameOut shifted = new FrameOut().copy(5, 5, 5).begin(1, offset);
    shifted.table.u32(4);
    assertThat(table(shifted)).isEqualTo(BadPatch.Reason.RANGE);
    assertThat(table(new FrameOut().copy(0, offset, 4))).isEqualTo(BadPatch.Reason.RANGE);
    assertThat(table(new FrameOut().unknown(0, 4, 0).tensor(4, Lane.I8, 2, 2).written(offset)))
        .isEqualTo(BadPatch.Reason.RANGE);
    FrameOut from = new FrameOut().begin(3, 0);
    from.table.u32(4).u8(1).u64(offset);
    assertThat(table(from)).isEqualTo(BadPatch.Reason.RANGE);
    for (boolean first : new boolean[] {true, false}) {
      FrameOut scales = new FrameOut().tensor(0, Lane.I8, 2, 2).nothing(0).bytes(4);
      scales.table.u64(first ? offset : 0).u64(first ? 0 : offset).u8(7).u32(1).u32(0).u8(0);
      assertThat(table(scales)).isEqualTo(BadPatch.Reason.RANGE);
    }
  }

  @Test
  void anOpThatEndsOutsideAnyFileIsRefused() {
    long end = 1L << 40;
    assertThat(table(new FrameOut().copy(end, 0, 1))).isEqualTo(BadPatch.Reason.RANGE);
    assertThat(table(new FrameOut().unknown(0, 4, end))).isEqualTo(BadPatch.Reason.RANGE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aLengthBeyondItsLimitIsRefused(int length) {
    FrameOut unknown = new FrameOut().begin(3, 0);
    unknown.table.u32(length).u8(0);
    assertThat(table(unknown)).isEqualTo(BadPatch.Reason.LIMIT);
    FrameOut literal = new FrameOut().begin(1, 0);
    literal.table.u32(length);
    assertThat(table(literal)).isEqualTo(BadPatch.Reason.LIMIT);
    FrameOut lanes = new FrameOut().begin(2, 0).bytes(3);
    lanes.table.u32(length).u32(1);
    assertThat(table(lanes)).isEqualTo(BadPatch.Reason.LIMIT);
    FrameOut width = new FrameOut().begin(2, 0).bytes(3);
    width.table.u32(4).u32(length);
    assertThat(table(width)).isEqualTo(BadPatch.Reason.LIMIT);
    FrameOut block = new FrameOut().tensor(0, Lane.I8, 2, 2).nothing(0).bytes(6);
    block.table.u32(length).u64(0).u64(0).u8(7).u32(1).u32(0).u8(0);
    assertThat(table(block)).isEqualTo(BadPatch.Reason.LIMIT);
    FrameOut scales = new FrameOut().tensor(0, Lane.I8, 2, 2).nothing(0).bytes(5);
    scales.table.u64(0).u64(0).u8(7).u32(length).u32(0).u8(0);
    assertThat(table(scales)).isEqualTo(BadPatch.Reason.LIMIT);
  }

  @Test
  void aKindThatIsNotKnownIsRefused() {
    for (FrameOut bad :
        List.of(
            new FrameOut().begin(4, 0),
            new FrameOut().begin(-1, 0),
            new FrameOut().begin(2, 0).bytes(8),
            new FrameOut().tensor(0, Lane.I8, 2, 2).bytes(3),
            new FrameOut().tensor(0, Lane.I8, 2, 2).nothing(0).bytes(7))) {
      assertThat(table(bad)).isEqualTo(BadPatch.Reason.VERSION);
    }
    FrameOut origin = new FrameOut().begin(3, 0);
    origin.table.u32(4).u8(2);
    assertThat(table(origin)).isEqualTo(BadPatch.Reason.VERSION);
    FrameOut scale = new FrameOut().tensor(0, Lane.I8, 2, 2).nothing(0).bytes(5);
    scale.table.u64(0).u64(0).u8(Lane.I32.code()).u32(1).u32(0).u8(0);
    assertThat(table(scale)).isEqualTo(BadPatch.Reason.VERSION);
  }

  @Test
  void rowsRanksAndRatiosHaveLimits() {
    int columns = LaneModel.MAX_COLUMNS;
    for (FrameOut bad :
        List.of(
            new FrameOut().tensor(0, Lane.I8, 40_000, columns + 1).nothing(0).bytes(0, 0),
            // A few lanes that have a long row of ratios, or of factors.
            new FrameOut().tensor(0, Lane.I8, 3, 4).nothing(0).bytes(0, 0),
            new FrameOut().tensor(0, Lane.I8, 1, columns).nothing(0).bytes(3, 4, 0),
            // Half bytes, of which a row has not a whole number.
            new FrameOut().tensor(0, Lane.U4, 10, 5).nothing(0).bytes(0, 0),
            new FrameOut().tensor(0, Lane.I4, 4, 3).nothing(0).bytes(0, 0),
            new FrameOut().tensor(0, Lane.I8, 100, 10).nothing(0).bytes(2, 31, 0),
            new FrameOut().tensor(0, Lane.I8, 100, 10).nothing(0).bytes(2, -1, 0),
            // A ratio for each of too many rows.
            new FrameOut().tensor(0, Lane.I8, 1 << 20, 2).nothing(0).bytes(2, 4, 0),
            rank(new FrameOut().tensor(0, Lane.I8, 1 << 20, 1024).nothing(0), 65),
            rank(new FrameOut().tensor(0, Lane.I8, 1 << 20, 1024).nothing(0), 255),
            rank(new FrameOut().tensor(0, Lane.I8, 1 << 26, columns).nothing(0), 64),
            rank(new FrameOut().tensor(0, Lane.I8, columns, columns).nothing(0), 1),
            rank(new FrameOut().tensor(0, Lane.I8, 16, 4).nothing(0), 3))) {
      assertThat(table(bad)).isEqualTo(BadPatch.Reason.LIMIT);
    }
  }

  private static FrameOut rank(FrameOut frame, int rank) {
    frame.bytes(0, rank).table.f64(1);
    return frame;
  }
}

package dev.hatchery.delta;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.util.zip.CRC32C;

/** Writes one frame: the table and what its ops need, right or wrong. */
final class FrameOut {
  final Out table = new Out();
  final Out literals = new Out();
  final CodesOut codes = new CodesOut();
  private long at;
  private long from;
  private long window;
  private byte[] dictionary = new byte[0];
  private boolean packed;
  private boolean packedTable;
  private int codesLost;
  private int rawsLost;
  private int announcedTable = -1;
  private int announcedLiterals = -1;

  /** Where a table's next op would begin. */
  FrameOut begin(int kind, long begin) {
    table.u8(kind).u64(begin - at);
    at = begin;
    return this;
  }

  FrameOut copy(long begin, long source, long length) {
    begin(0, begin);
    table.u64(source - from).u64(length);
    at += length;
    from = source + length;
    return this;
  }

  FrameOut literal(long begin, byte... bytes) {
    begin(1, begin);
    table.u32(bytes.length);
    literals.bytes(bytes);
    at += bytes.length;
    return this;
  }

  FrameOut unknown(long begin, int length, long source) {
    begin(3, begin);
    table.u32(length).u8(source < 0 ? 0 : 1);
    if (source >= 0) {
      table.u64(source - from);
      from = source + length;
    }
    at += length;
    return this;
  }

  /** The fields that every tensor begins with. */
  FrameOut tensor(long begin, Lane lane, int lanes, int width) {
    begin(2, begin);
    table.u8(lane.code()).u32(lanes).u32(width);
    at += lane.bytes(lanes);
    return this;
  }

  FrameOut nothing(int centre) {
    table.u8(0).u32(centre);
    return this;
  }

  FrameOut base(long source, Lane lane, int lanes) {
    table.u8(1).u64(source - from);
    from = source + lane.bytes(lanes);
    return this;
  }

  FrameOut written(long source) {
    table.u8(2).u64(source);
    return this;
  }

  FrameOut bytes(int... values) {
    for (int value : values) table.u8(value);
    return this;
  }

  /** An op as an encoder would write it, in table and codes. */
  FrameOut tensor(Op.Tensor op, Parameters parameters, Memory base, Memory result)
      throws IOException {
    tensor(op.at(), op.lane(), op.lanes(), op.width());
    switch (op.source()) {
      case Op.Nothing nothing -> nothing(nothing.centre());
      case Op.Base origin -> base(origin.from(), op.lane(), op.lanes());
      case Op.Written origin -> written(origin.from());
    }
    switch (op.scaling()) {
      case Op.Plain _ -> table.u8(0);
      case Op.Factor factor -> table.u8(1).f32(factor.factor());
      case Op.Channels channels -> table.u8(channels.columns() ? 3 : 2).u8(channels.precision());
      case Op.Scales scales -> {
        switch (scales.layout()) {
          case Op.PerRow _ -> table.u8(4);
          case Op.PerColumn _ -> table.u8(5);
          case Op.PerBlock block -> table.u8(6).u32(block.lanes());
        }
        table.u64(scales.base()).u64(scales.written());
        table.u8(scales.lane().code()).u32(scales.count()).u32(scales.zero());
      }
    }
    table.u8(op.lowRank().map(Op.LowRank::rank).orElse(0));
    op.lowRank().ifPresent(low -> table.f64(low.step()));
    new TensorCodec(new Prediction(base, result)).code(codes, op, parameters, rows(op, result));
    return this;
  }

  static TensorCodec.Rows rows(Op.Tensor op, Memory result) {
    return new TensorCodec.Rows() {
      @Override
      public void wanted(int row, int[] lanes, int count) throws IOException {
        byte[] bytes = new byte[(int) op.lane().bytes(count)];
        long first = (long) row * op.width() * op.lane().bits() / 8;
        result.read(op.at() + first, bytes, 0, bytes.length);
        op.lane().unpack(bytes, 0, lanes, count);
      }

      @Override
      public void coded(int row, int[] lanes, int count) {}
    };
  }

  /** The table as zstd. */
  FrameOut packedTable() {
    packedTable = true;
    return this;
  }

  /** The literals as zstd, with a dictionary. */
  FrameOut packed(long where, byte... with) {
    packed = true;
    window = where;
    dictionary = with;
    return this;
  }

  /** Says other sizes of table and literals than they have. */
  FrameOut announcing(int ofTable, int ofLiterals) {
    announcedTable = ofTable;
    announcedLiterals = ofLiterals;
    return this;
  }

  /** Leaves out the last bytes of the codes and of the raw bits. */
  FrameOut losing(int ofCodes, int ofRaws) {
    codesLost = ofCodes;
    rawsLost = ofRaws;
    return this;
  }

  byte[] toBytes() {
    byte[] ops = table.toBytes();
    byte[] text = literals.toBytes();
    byte[] codeBytes = cut(codes.codes(), codesLost);
    byte[] rawBytes = cut(codes.raws(), rawsLost);
    byte[] opsStored = packedTable ? zstd(ops, new byte[0]) : ops;
    byte[] textStored = packed ? zstd(text, dictionary) : text;
    Out body = new Out().bytes(opsStored).bytes(textStored).bytes(codeBytes).bytes(rawBytes);
    Out head =
        new Out()
            .u32(announcedTable < 0 ? ops.length : announcedTable)
            .u32(opsStored.length)
            .u32(announcedLiterals < 0 ? text.length : announcedLiterals)
            .u32(textStored.length)
            .u64(window)
            .u32(dictionary.length)
            .u32(codeBytes.length)
            .u32(rawBytes.length)
            .u32(sum(body.toBytes()));
    return head.u32(sum(head.toBytes())).bytes(body.toBytes()).toBytes();
  }

  private static byte[] cut(byte[] bytes, int lost) {
    return java.util.Arrays.copyOf(bytes, Math.max(0, bytes.length - lost));
  }

  private static byte[] zstd(byte[] bytes, byte[] dictionary) {
    if (bytes.length == 0) return bytes;
    try (var zstd = new ZstdCompressCtx()) {
      zstd.setLevel(19).setContentSize(false);
      if (dictionary.length > 0) zstd.loadDict(dictionary);
      return zstd.compress(bytes);
    }
  }

  static int sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }
}

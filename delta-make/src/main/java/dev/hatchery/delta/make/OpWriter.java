package dev.hatchery.delta.make;

import dev.hatchery.delta.Op;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A frame's table, as {@link Op#parse} reads it. */
final class OpWriter {
  private static final int LARGEST = 96;
  private final ByteBuffer out;
  private long at;
  private long from;

  private OpWriter(int ops) {
    out = ByteBuffer.allocate(ops * LARGEST).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] table(List<Op> ops) {
    OpWriter writer = new OpWriter(ops.size());
    ops.forEach(writer::put);
    return java.util.Arrays.copyOf(writer.out.array(), writer.out.position());
  }

  private void put(Op op) {
    switch (op) {
      case Op.Copy copy -> {
        begin(0, copy);
        out.putLong(copy.from() - from).putLong(copy.length());
        from = copy.from() + copy.length();
      }
      case Op.Literal literal -> {
        begin(1, literal);
        out.putInt((int) literal.length());
      }
      case Op.Unknown unknown -> {
        begin(3, unknown);
        out.putInt((int) unknown.length()).put((byte) (unknown.from().isPresent() ? 1 : 0));
        unknown
            .from()
            .ifPresent(
                source -> {
                  out.putLong(source - from);
                  from = source + unknown.length();
                });
      }
      case Op.Tensor tensor -> {
        begin(2, tensor);
        put(tensor);
      }
    }
    at = op.at() + op.length();
  }

  private void begin(int kind, Op op) {
    out.put((byte) kind).putLong(op.at() - at);
  }

  private void put(Op.Tensor op) {
    out.put((byte) op.lane().code()).putInt(op.lanes()).putInt(op.width());
    switch (op.source()) {
      case Op.Nothing nothing -> out.put((byte) 0).putInt(nothing.centre());
      case Op.Base base -> {
        out.put((byte) 1).putLong(base.from() - from);
        from = base.from() + op.length();
      }
      case Op.Written written -> out.put((byte) 2).putLong(written.from());
    }
    switch (op.scaling()) {
      case Op.Plain _ -> out.put((byte) 0);
      case Op.Factor factor -> out.put((byte) 1).putFloat(factor.factor());
      case Op.Channels channels ->
          out.put((byte) (channels.columns() ? 3 : 2)).put((byte) channels.precision());
      case Op.Scales scales -> put(scales);
    }
    out.put((byte) op.lowRank().map(Op.LowRank::rank).orElse(0).intValue());
    op.lowRank().ifPresent(low -> out.putDouble(low.step()));
  }

  private void put(Op.Scales scales) {
    switch (scales.layout()) {
      case Op.PerRow _ -> out.put((byte) 4);
      case Op.PerColumn _ -> out.put((byte) 5);
      case Op.PerBlock block -> out.put((byte) 6).putInt(block.lanes());
    }
    out.putLong(scales.base()).putLong(scales.written());
    out.put((byte) scales.lane().code()).putInt(scales.count()).putInt(scales.zero());
  }
}

package dev.hatchery.formats;

import dev.hatchery.formats.FlatOut.Table;
import dev.hatchery.formats.FlatOut.Tables;
import java.util.ArrayList;
import java.util.List;

/** Writes TFLite models; field numbers are those of schema.fbs. */
final class TfliteOut {
  static final int F32 = 0;
  static final int U8 = 3;
  static final int STRING = 5;
  static final int I8 = 9;
  static final int I4 = 17;

  private final List<Table> buffers = new ArrayList<>(List.of(new Table()));
  private final List<Table> tensors = new ArrayList<>();
  private int version = 3;

  TfliteOut version(int other) {
    version = other;
    return this;
  }

  /** Adds a buffer with these bytes and gives its number. */
  int buffer(byte[] bytes) {
    return buffer(new Table().node(0, FlatOut.bytes(bytes)));
  }

  int buffer(Table buffer) {
    buffers.add(buffer);
    return buffers.size() - 1;
  }

  Table tensor(String name, int type, int buffer, int... shape) {
    var tensor = new Table().node(0, FlatOut.ints(shape)).u8(1, type).u32(2, buffer);
    tensors.add(tensor.node(3, FlatOut.text(name)));
    return tensor;
  }

  static Table scales(int dimension, float[] scales, long... zeroPoints) {
    var table = new Table().node(2, FlatOut.floats(scales)).u32(6, dimension);
    return zeroPoints.length == 0 ? table : table.node(3, FlatOut.longs(zeroPoints));
  }

  byte[] toBytes() {
    var subgraph = new Table().node(0, new Tables(tensors)).node(4, FlatOut.text("main"));
    return FlatOut.file(
        "TFL3",
        new Table()
            .u32(0, version)
            .node(2, new Tables(List.of(subgraph)))
            .node(3, FlatOut.text("made by hand"))
            .node(4, new Tables(buffers)));
  }
}

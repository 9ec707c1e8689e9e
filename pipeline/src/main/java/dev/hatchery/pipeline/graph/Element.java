package dev.hatchery.pipeline.graph;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/** The element types that optimisation makes or takes; numbers are those of {@code TensorProto}. */
public enum Element {
  FLOAT(DataType.FLOAT_VALUE, 32),
  UINT8(DataType.UINT8_VALUE, 8),
  INT8(DataType.INT8_VALUE, 8),
  INT32(DataType.INT32_VALUE, 32),
  INT64(DataType.INT64_VALUE, 64),
  FLOAT16(DataType.FLOAT16_VALUE, 16),
  UINT4(DataType.UINT4_VALUE, 4),
  INT4(DataType.INT4_VALUE, 4);

  private final int number;
  private final int bits;

  Element(int number, int bits) {
    this.number = number;
    this.bits = bits;
  }

  int number() {
    return number;
  }

  /** The bytes of so many values; the last byte of values below eight bits may be half used. */
  long bytes(long values) {
    return Math.ceilDiv(values * bits, 8L);
  }
}

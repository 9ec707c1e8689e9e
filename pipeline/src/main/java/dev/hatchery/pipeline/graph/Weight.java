package dev.hatchery.pipeline.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A constant of the graph. Values are in row-major order, bytes in little endian, values of four
 * bits two to a byte with the first one low.
 */
public final class Weight {
  private final TensorProto proto;

  Weight(TensorProto proto) {
    this.proto = proto;
  }

  /** A constant of these bytes. */
  public static Weight of(String name, Element element, List<Long> shape, byte[] bytes) {
    long values = shape.stream().reduce(1L, Math::multiplyExact);
    if (bytes.length != element.bytes(values)) {
      throw new IllegalArgumentException(
          name + ": " + bytes.length + " bytes for " + element + shape);
    }
    return new Weight(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(element.number())
            .addAllDims(shape)
            .setRawData(ByteString.copyFrom(bytes))
            .build());
  }

  /** A constant of floats. */
  public static Weight of(String name, List<Long> shape, float[] values) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    little(bytes).asFloatBuffer().put(values);
    return of(name, Element.FLOAT, shape, bytes);
  }

  /** A constant of 32-bit whole numbers. */
  public static Weight of(String name, List<Long> shape, int[] values) {
    byte[] bytes = new byte[values.length * Integer.BYTES];
    little(bytes).asIntBuffer().put(values);
    return of(name, Element.INT32, shape, bytes);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  TensorProto proto() {
    return proto;
  }

  public String name() {
    return proto.getName();
  }

  public List<Long> shape() {
    return proto.getDimsList();
  }

  /** One dimension of the shape. */
  public int dimension(int axis) {
    return Math.toIntExact(proto.getDims(axis));
  }

  /** How many dimensions it has. */
  public int rank() {
    return proto.getDimsCount();
  }

  /** How many values it has. */
  public int count() {
    long values = 1;
    for (long size : shape()) {
      boolean fits = size >= 0 && (size == 0 || values <= Integer.MAX_VALUE / size);
      if (!fits) throw broken("at most " + Integer.MAX_VALUE + " values", shape());
      values *= size;
    }
    return (int) values;
  }

  public boolean is(Element element) {
    return proto.getDataType() == element.number();
  }

  /** Its values as floats; empty where it holds something else than 32-bit floats. */
  public Optional<float[]> floats() {
    if (!is(Element.FLOAT)) return Optional.empty();
    requireSound();
    float[] values = new float[count()];
    if (proto.hasRawData()) {
      ByteBuffer raw = proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      raw.asFloatBuffer().get(values);
    } else {
      for (int i = 0; i < values.length; i++) values[i] = proto.getFloatData(i);
    }
    return Optional.of(values);
  }

  // Before anything is allocated for it.
  private void requireSound() {
    long expected = proto.hasRawData() ? Element.FLOAT.bytes(count()) : count();
    long got = proto.hasRawData() ? proto.getRawData().size() : proto.getFloatDataCount();
    if (got != expected) throw broken(expected + " of data for its shape", got);
  }

  /** Its bytes, where it holds them plainly. */
  public byte[] bytes() {
    return proto.getRawData().toByteArray();
  }

  private Refusal broken(String expected, Object got) {
    return Refusal.of(Code.MALFORMED_MODEL, "a constant is not what its shape says")
        .at(name())
        .expected(expected)
        .got(got);
  }

  @Override
  public String toString() {
    return name() + shape();
  }
}

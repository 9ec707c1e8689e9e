package dev.hatchery.formats;

import java.util.List;
import java.util.Optional;

/**
 * A TensorProto: an initializer, or the value of a Constant node.
 *
 * @param name as the graph's nodes refer to it
 * @param type empty for strings and for types this does not know
 * @param place where its bytes lie as plain values; empty where they lie in another form
 * @param single the value of a tensor of one that lies in another form
 */
record OnnxTensor(
    String name,
    Optional<ElementType> type,
    List<Long> shape,
    Optional<Place> place,
    Optional<Integer> single) {
  /**
   * @param file empty for the model file, else the location of external data
   */
  record Place(String file, long offset, long length) {}

  /** The number of values. */
  long count() {
    return ElementType.values(shape).orElse(-1);
  }

  /** True where both lie, as plain values, in one and the same file. */
  boolean isBeside(OnnxTensor other) {
    return place.isPresent()
        && other.place.filter(p -> p.file.equals(place.get().file)).isPresent();
  }

  OnnxTensor named(String other) {
    return new OnnxTensor(other, type, shape, place, single);
  }

  /** onnx.proto, TensorProto.DataType. */
  static Optional<ElementType> type(long number) {
    return Optional.ofNullable(
        switch (Math.clamp(number, 0, 255)) {
          case 1 -> ElementType.F32;
          case 2 -> ElementType.U8;
          case 3 -> ElementType.I8;
          case 4 -> ElementType.U16;
          case 5 -> ElementType.I16;
          case 6 -> ElementType.I32;
          case 7 -> ElementType.I64;
          case 9 -> ElementType.BOOL;
          case 10 -> ElementType.F16;
          case 11 -> ElementType.F64;
          case 12 -> ElementType.U32;
          case 13 -> ElementType.U64;
          case 14 -> ElementType.C64;
          case 15 -> ElementType.C128;
          case 16 -> ElementType.BF16;
          case 17 -> ElementType.F8_E4M3;
          case 18 -> ElementType.F8_E4M3FNUZ;
          case 19 -> ElementType.F8_E5M2;
          case 20 -> ElementType.F8_E5M2FNUZ;
          case 21 -> ElementType.U4;
          case 22 -> ElementType.I4;
          case 23 -> ElementType.F4;
          case 24 -> ElementType.F8_E8M0;
          case 25 -> ElementType.U2;
          case 26 -> ElementType.I2;
          default -> null;
        });
  }
}

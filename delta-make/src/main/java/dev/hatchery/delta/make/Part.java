package dev.hatchery.delta.make;

import dev.hatchery.delta.Lane;
import dev.hatchery.delta.LaneModel;
import dev.hatchery.formats.ElementType;
import dev.hatchery.formats.Scaling;
import dev.hatchery.formats.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A range of a file that holds numbers of one kind: a tensor, or the scales of one.
 *
 * @param kind what must be equal for two parts to be paired without a name
 * @param width lanes in a row
 * @param channel for a weight the lanes that share the outermost index, otherwise its width
 */
record Part(
    String name,
    String kind,
    Lane lane,
    long at,
    long length,
    int width,
    long channel,
    Optional<Scaling> scaling) {

  static Part of(Tensor tensor) {
    Optional<Lane> numbers = lane(tensor.type());
    Lane lane = numbers.orElse(Lane.U8);
    String kind = tensor.type() + " " + tensor.shape();
    long lanes = tensor.length() * 8 / lane.bits();
    if (numbers.isEmpty()) {
      // Bytes, in rows of one value or block each: the columns learn what each byte of it is.
      int width = Math.min(tensor.type().bytesPerBlock(), LaneModel.MAX_COLUMNS);
      return new Part(
          tensor.name(),
          kind,
          lane,
          tensor.offset(),
          tensor.length(),
          Math.max(width, 1),
          width,
          Optional.empty());
    }
    List<Long> shape = tensor.shape();
    long channel = shape.size() < 2 || shape.getFirst() < 1 ? lanes : lanes / shape.getFirst();
    return new Part(
        tensor.name(),
        kind,
        lane,
        tensor.offset(),
        tensor.length(),
        width(shape, lanes, channel, lane),
        channel,
        tensor.scaling());
  }

  /** Scales that lie where no tensor is, as those of TFLite do. */
  static Part ofScales(String name, Scaling scaling, Lane lane) {
    int count = scaling.count();
    int width = Math.min(count, LaneModel.MAX_COLUMNS);
    return new Part(
        name,
        lane + " scales " + count,
        lane,
        scaling.offset(),
        scaling.length(),
        width,
        count,
        Optional.empty());
  }

  // The widest row that columns still have a memory for.
  private static int width(List<Long> shape, long lanes, long channel, Lane lane) {
    if (lanes <= LaneModel.MAX_COLUMNS && channel == lanes) return (int) lanes;
    long width = channel;
    for (int i = 1; width > LaneModel.MAX_COLUMNS && i < shape.size() - 1; i++) {
      width /= Math.max(1, shape.get(i));
    }
    if (width > LaneModel.MAX_COLUMNS) width = divisor(width);
    if (lane.bits() == 4 && width % 2 != 0) width = Math.min(lanes, width * 2);
    return (int) Math.max(1, width);
  }

  private static long divisor(long width) {
    for (long parts = 2; parts <= 64; parts++) {
      if (width % parts == 0 && width / parts <= LaneModel.MAX_COLUMNS) return width / parts;
    }
    return LaneModel.MAX_COLUMNS;
  }

  static Optional<Lane> lane(ElementType type) {
    return switch (type) {
      case F32 -> Optional.of(Lane.F32);
      case F16 -> Optional.of(Lane.F16);
      case BF16 -> Optional.of(Lane.BF16);
      case I32, U32 -> Optional.of(Lane.I32);
      case I8 -> Optional.of(Lane.I8);
      case U8 -> Optional.of(Lane.U8);
      case I4 -> Optional.of(Lane.I4);
      case U4 -> Optional.of(Lane.U4);
      // All others are bytes.
      default -> Optional.empty();
    };
  }

  long end() {
    return at + length;
  }

  long lanes() {
    return length * 8 / lane.bits();
  }
}

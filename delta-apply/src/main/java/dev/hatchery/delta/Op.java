package dev.hatchery.delta;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One instruction of a frame. Together a patch's ops write every byte of the result exactly once;
 * their order is that of the patch, not necessarily of the result.
 */
public sealed interface Op {
  /** Where in the result it begins to write. */
  long at();

  /** How many bytes of the result it writes. */
  long length();

  /** Bytes of the base. */
  record Copy(long at, long from, long length) implements Op {}

  /** The next bytes of the frame's literals. */
  record Literal(long at, long length) implements Op {}

  /**
   * Bytes of no known meaning, coded one by one.
   *
   * @param from where in the base bytes lie that they may be like
   */
  record Unknown(long at, long length, Optional<Long> from) implements Op {
    /** They are coded in pieces of so many; the byte after a piece's last is not looked at. */
    public static final int PIECE = 1 << 14;
  }

  /**
   * Lanes of a tensor, coded against what is predicted for them.
   *
   * @param lanes how many
   * @param width lanes in a row; the last row may be shorter
   * @param source where the prediction begins
   * @param scaling what the source is multiplied by
   * @param lowRank a correction of low rank that is added
   */
  record Tensor(
      long at,
      Lane lane,
      int lanes,
      int width,
      Origin source,
      Scaling scaling,
      Optional<LowRank> lowRank)
      implements Op {
    @Override
    public long length() {
      return lane.bytes(lanes);
    }

    public int rows() {
      return (lanes + width - 1) / width;
    }
  }

  /** Where a prediction begins. */
  sealed interface Origin {}

  /** Nothing is known: floats are coded fresh, integers as their distance from {@code centre}. */
  record Nothing(int centre) implements Origin {}

  /** Lanes of the base. */
  record Base(long from) implements Origin {}

  /** Lanes of the result that an earlier op has written. */
  record Written(long from) implements Origin {}

  /** What the source's numbers are multiplied by. */
  sealed interface Scaling {}

  /** They are taken as they are. */
  record Plain() implements Scaling {}

  /** One number for all: a scale that is the product of two others. */
  record Factor(float factor) implements Scaling {}

  /**
   * A ratio of its own for each channel, coded: {@code 1 + q / 2^precision}.
   *
   * @param columns a channel is a column, not a row
   */
  record Channels(boolean columns, int precision) implements Scaling {
    public static final int MAX_PRECISION = 30;

    /** A device keeps them in memory. */
    public static final int MAX_RATIOS = 1 << 18;
  }

  /**
   * The old scale over the new one, which an earlier op has written.
   *
   * @param base where the old scales lie in the base
   * @param written where the new ones lie in the result
   * @param lane what the scales are; a float
   * @param count how many
   * @param zero the zero point, which is taken off before and put back after
   */
  record Scales(Layout layout, long base, long written, Lane lane, int count, int zero)
      implements Scaling {}

  /** Which scale belongs to a lane. */
  sealed interface Layout {}

  /** One for each row. */
  record PerRow() implements Layout {}

  /** One for each column; when there are fewer they begin again. */
  record PerColumn() implements Layout {}

  /** One for so many lanes in a row, counted from the tensor's first lane. */
  record PerBlock(int lanes) implements Layout {}

  /**
   * {@code step * 2^e(row) * sum of l(row, k) * r(k, column)}, with whole numbers l and r, and an
   * exponent for each row; all of them coded.
   */
  record LowRank(int rank, double step) {
    public static final int MAX_RANK = 64;

    /** The largest whole number a factor may be. */
    public static final int MAX_FACTOR = 1 << 26;

    /** Bytes that a device must keep in memory for it. */
    public static final long MAX_BYTES = 2L << 20;

    /** What that would be for a tensor of so many rows. */
    public static long bytes(int rank, int rows, int width) {
      return 4L * rank * ((long) rows + width) + 4L * rows;
    }
  }

  /** The table of a frame may be no larger than this. */
  int MAX_TABLE = 1 << 20;

  /** So many ops at most, which all are in memory at once. */
  int MAX_OPS = 1 << 14;

  int MAX_LANES = 1 << 26;

  /** Reads the ops of a frame's table. Offsets are relative to where the op before ended. */
  static List<Op> parse(byte[] table) throws BadPatch {
    return new OpReader(ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN)).all();
  }
}

/** The table's bytes, as {@code docs/delta-format.md} lists them. */
final class OpReader {
  static final int COPY = 0;
  static final int LITERAL = 1;
  static final int TENSOR = 2;
  static final int UNKNOWN = 3;
  private final ByteBuffer in;
  private long at;
  private long from;

  OpReader(ByteBuffer in) {
    this.in = in;
  }

  List<Op> all() throws BadPatch {
    List<Op> ops = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        ops.add(next());
        if (ops.size() > Op.MAX_OPS) {
          throw new BadPatch(BadPatch.Reason.LIMIT, "a frame of more than " + Op.MAX_OPS + " ops");
        }
      }
    } catch (BufferUnderflowException e) {
      throw new BadPatch(BadPatch.Reason.LENGTH, "a frame's table ends within an op");
    }
    return ops;
  }

  private Op next() throws BadPatch {
    int kind = in.get();
    long begin = offset(at + in.getLong());
    Op op =
        switch (kind) {
          case COPY -> {
            long source = offset(from + in.getLong());
            yield new Op.Copy(begin, source, count(in.getLong(), Header.MAX_FILE));
          }
          case LITERAL -> new Op.Literal(begin, count(in.getInt(), Frame.MAX_STORED));
          case TENSOR -> tensor(begin);
          case UNKNOWN -> unknown(begin);
          default -> throw unknown("op", kind);
        };
    at = offset(begin + op.length());
    if (op instanceof Op.Copy copy) from = copy.from() + copy.length();
    return op;
  }

  private Op unknown(long begin) throws BadPatch {
    long length = count(in.getInt(), Frame.MAX_TENSORS);
    int alike = in.get();
    if (alike == 0) return new Op.Unknown(begin, length, Optional.empty());
    if (alike != 1) throw unknown("origin", alike);
    long source = offset(from + in.getLong());
    from = offset(source + length);
    return new Op.Unknown(begin, length, Optional.of(source));
  }

  private Op tensor(long begin) throws BadPatch {
    Lane lane = Lane.of(in.get());
    int lanes = (int) count(in.getInt(), Op.MAX_LANES);
    int width = (int) count(in.getInt(), LaneModel.MAX_COLUMNS);
    if (width > lanes) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "a row is wider than its tensor");
    }
    if (lane.bits() == 4 && width < lanes && width % 2 != 0) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "rows of half bytes must be whole bytes");
    }
    Op.Origin source = origin(lane, lanes);
    Op.Scaling scaling = scaling();
    int rank = in.get();
    if (rank < 0 || rank > Op.LowRank.MAX_RANK) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "a rank above " + Op.LowRank.MAX_RANK);
    }
    Optional<Op.LowRank> lowRank =
        rank == 0 ? Optional.empty() : Optional.of(new Op.LowRank(rank, in.getDouble()));
    var tensor = new Op.Tensor(begin, lane, lanes, width, source, scaling, lowRank);
    requireSmall(tensor, rank);
    return tensor;
  }

  // What is coded besides the lanes: it must fit into memory, and be less than they are, or a few
  // lanes would keep a device busy for long.
  private static void requireSmall(Op.Tensor op, int rank) throws BadPatch {
    long rows = op.rows();
    if (rank > 0
        && (Op.LowRank.bytes(rank, op.rows(), op.width()) > Op.LowRank.MAX_BYTES
            || rank * (rows + op.width()) > op.lanes())) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "the factors of a tensor are too large");
    }
    if (op.scaling() instanceof Op.Channels channels
        && (channels.columns() ? op.width() : rows) > Op.Channels.MAX_RATIOS) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "a tensor has too many ratios");
    }
  }

  private Op.Origin origin(Lane lane, int lanes) throws BadPatch {
    int kind = in.get();
    return switch (kind) {
      case 0 -> new Op.Nothing(in.getInt());
      case 1 -> {
        long source = offset(from + in.getLong());
        from = offset(source + lane.bytes(lanes));
        yield new Op.Base(source);
      }
      case 2 -> new Op.Written(offset(in.getLong()));
      default -> throw unknown("origin", kind);
    };
  }

  private Op.Scaling scaling() throws BadPatch {
    int kind = in.get();
    return switch (kind) {
      case 0 -> new Op.Plain();
      case 1 -> new Op.Factor(in.getFloat());
      case 2, 3 -> {
        int precision = in.get();
        if (precision < 0 || precision > Op.Channels.MAX_PRECISION) {
          throw new BadPatch(BadPatch.Reason.LIMIT, "a ratio's precision of " + precision);
        }
        yield new Op.Channels(kind == 3, precision);
      }
      case 4, 5, 6 -> {
        Op.Layout layout =
            switch (kind) {
              case 4 -> new Op.PerRow();
              case 5 -> new Op.PerColumn();
              default -> new Op.PerBlock((int) count(in.getInt(), Op.MAX_LANES));
            };
        long base = offset(in.getLong());
        long written = offset(in.getLong());
        Lane lane = Lane.of(in.get());
        if (!lane.isFloat()) throw unknown("kind of scale", lane.code());
        int count = (int) count(in.getInt(), Op.MAX_LANES);
        yield new Op.Scales(layout, base, written, lane, count, in.getInt());
      }
      default -> throw unknown("scaling", kind);
    };
  }

  private static long offset(long value) throws BadPatch {
    if (value < 0 || value > Header.MAX_FILE) {
      throw new BadPatch(BadPatch.Reason.RANGE, "an op points outside any file");
    }
    return value;
  }

  private static long count(long value, long most) throws BadPatch {
    if (value < 1 || value > most) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "expected 1 to " + most + ", got " + value);
    }
    return value;
  }

  private static BadPatch unknown(String what, int code) {
    return new BadPatch(BadPatch.Reason.VERSION, "an unknown " + what + ": " + code);
  }
}

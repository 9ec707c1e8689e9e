package dev.hatchery.formats;

/** Which stored values of a quantised tensor mean 0. */
public sealed interface ZeroPoints {
  /**
   * They lie in the tensor's file, in the order of its scales.
   *
   * @param offset first byte
   * @param count values, those that pad a packed row included: MatMulNBits begins each row's U4 or
   *     U2 zero points at a new byte, so a row of scales may have fewer
   * @param type as stored; whole numbers, or floats where MatMulNBits takes them
   */
  record Stored(long offset, int count, ElementType type) implements ZeroPoints {
    public Stored {
      if (type.isBlocked()) throw Malformed.value("a zero point's type", "plain numbers", type);
      if (offset < 0 || count < 1 || offset > Long.MAX_VALUE - bytes(count, type)) {
        throw Malformed.value("a tensor's zero points", "a range of the file", count);
      }
    }

    /** Bytes of the zero points. */
    public long length() {
      return bytes(count, type);
    }

    private static long bytes(int count, ElementType type) {
      long blocks = ((long) count + type.valuesPerBlock() - 1) / type.valuesPerBlock();
      return blocks * type.bytesPerBlock();
    }
  }

  /**
   * One for all values: the operator's default (MatMulNBits' 8 for four bits), or one that the file
   * holds in a form other than plain bytes.
   */
  record Same(int value) implements ZeroPoints {}
}

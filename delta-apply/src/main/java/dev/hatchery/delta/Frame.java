package dev.hatchery.delta;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The head of a frame: how large its four sections are, and which part of the base its literals may
 * refer to. A section whose two sizes are equal is stored as it is, otherwise it is one zstd frame.
 *
 * @param table bytes of the table of ops
 * @param tableStored as it lies in the patch
 * @param literals bytes that the frame's literals have
 * @param literalsStored as they lie in the patch
 * @param window where in the base the literals' dictionary begins
 * @param windowSize its length; 0 for none
 * @param codes bytes of the entropy coder
 * @param raws bytes of what is not modelled
 * @param sum CRC32C of the four sections
 */
public record Frame(
    int table,
    int tableStored,
    int literals,
    int literalsStored,
    long window,
    int windowSize,
    int codes,
    int raws,
    int sum) {
  public static final int SIZE = 44;

  /** Literals that are compressed are kept in memory, and so is their dictionary. */
  public static final int MAX_LITERALS = 1 << 20;

  /** Literals that are stored as they are stream through. */
  public static final int MAX_STORED = 1 << 30;

  public static final int MAX_WINDOW = 1 << 20;

  /** Bytes that one frame's tensors may have in the result; all of it is learned afresh. */
  public static final long MAX_TENSORS = 16L << 20;

  public static final int MAX_SECTION = 32 << 20;

  // RFC 8878, section 5: what a dictionary of zstd's own format begins with.
  private static final int DICTIONARY = 0xec30a437;

  /** Whether zstd would take these bytes for more than the raw content of a dictionary. */
  public static boolean isFormatted(byte[] dictionary) {
    return dictionary.length >= 4
        && ByteBuffer.wrap(dictionary).order(ByteOrder.LITTLE_ENDIAN).getInt() == DICTIONARY;
  }

  long body() {
    return (long) tableStored + literalsStored + codes + raws;
  }

  /** The bytes of the head. */
  public byte[] bytes() {
    ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(table).putInt(tableStored).putInt(literals).putInt(literalsStored);
    out.putLong(window).putInt(windowSize).putInt(codes).putInt(raws).putInt(sum);
    return out.putInt(headSum(out.array())).array();
  }

  static Frame parse(byte[] bytes) throws BadPatch {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, SIZE).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(SIZE - 4) != headSum(bytes)) {
      throw new BadPatch(BadPatch.Reason.CHECKSUM, "a frame's checksum does not fit its head");
    }
    int table = limited(in.getInt(), Op.MAX_TABLE);
    int tableStored = limited(in.getInt(), table);
    int literals = limited(in.getInt(), MAX_STORED);
    int literalsStored = limited(in.getInt(), literals);
    if (literalsStored < literals) limited(literals, MAX_LITERALS);
    long window = in.getLong();
    int windowSize = limited(in.getInt(), MAX_WINDOW);
    int codes = limited(in.getInt(), MAX_SECTION);
    int raws = limited(in.getInt(), MAX_SECTION);
    if (window < 0 || window > Header.MAX_FILE) {
      throw new BadPatch(BadPatch.Reason.RANGE, "a dictionary lies outside any file");
    }
    return new Frame(
        table, tableStored, literals, literalsStored, window, windowSize, codes, raws, in.getInt());
  }

  private static int limited(int size, int most) throws BadPatch {
    if (size < 0 || size > most) {
      throw new BadPatch(BadPatch.Reason.LIMIT, "expected at most " + most + ", got " + size);
    }
    return size;
  }

  private static int headSum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, SIZE - 4);
    return (int) sum.getValue();
  }
}

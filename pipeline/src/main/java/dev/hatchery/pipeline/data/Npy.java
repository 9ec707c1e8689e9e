package dev.hatchery.pipeline.data;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.Values;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's format, versions 1 and 2: a magic, a length, a dictionary as text, then plain
 * values. Only little-endian 32-bit floats, 64-bit whole numbers and bytes (which become floats
 * from 0 to 255), in C order.
 */
final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int HEADER_MAX = 1 << 16;
  private static final int RANK_MAX = 8;
  private static final long ENTRY_MAX = 1L << 28;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{ ?'descr': ?'([<|>=]?[a-z][0-9]{1,2})', ?'fortran_order': ?(True|False), ?'shape':"
              + " ?\\(([0-9, ]*)\\),? ?\\}\\s*");
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment values;
  private final Type type;
  private final List<Long> shape;
  private final int perEntry;

  private enum Type {
    FLOATS(4),
    LONGS(8),
    BYTES(1);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private Npy(MemorySegment values, Type type, List<Long> shape, int perEntry) {
    this.values = values;
    this.type = type;
    this.shape = shape;
    this.perEntry = perEntry;
  }

  /**
   * Reads the header; values are read when they are asked for.
   *
   * @param name of the file, for errors
   */
  static Npy read(String name, MemorySegment file) {
    byte[] head = file.asSlice(0, Math.min(12, file.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    if (head.length < 10 || !startsWith(head)) throw broken(name, "NumPy's magic", "another");
    int version = head[6];
    if (version != 1 && (version != 2 || head.length < 12)) {
      throw broken(name, "version 1 or 2", version);
    }
    long length = (head[8] & 0xff) | (head[9] & 0xff) << 8;
    if (version == 2) length |= (head[10] & 0xffL) << 16 | (head[11] & 0xffL) << 24;
    long from = version == 1 ? 10 : 12;
    if (length > HEADER_MAX || from + length > file.byteSize()) {
      throw broken(name, "a header of at most " + HEADER_MAX + " bytes, all there", length);
    }
    byte[] text = file.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
    Matcher header = HEADER.matcher(new String(text, StandardCharsets.ISO_8859_1));
    if (!header.matches()) throw broken(name, "a dictionary of descr, fortran_order, shape", "?");
    if (header.group(2).equals("True")) throw broken(name, "C order", "Fortran's");
    Type type = type(name, header.group(1));
    List<Long> shape = shape(name, header.group(3));
    long perEntry = 1;
    for (long size : shape.subList(1, shape.size())) {
      perEntry = Math.multiplyExact(perEntry, size);
      if (perEntry > ENTRY_MAX) throw broken(name, "at most " + ENTRY_MAX + " values each", shape);
    }
    MemorySegment values = file.asSlice(from + length);
    long expected = Math.multiplyExact(shape.getFirst(), perEntry) * type.bytes;
    if (values.byteSize() != expected) {
      throw broken(name, expected + " bytes of values for " + shape, values.byteSize());
    }
    return new Npy(values, type, shape, (int) perEntry);
  }

  private static boolean startsWith(byte[] head) {
    for (int i = 0; i < MAGIC.length; i++) if (head[i] != MAGIC[i]) return false;
    return true;
  }

  private static Type type(String name, String code) {
    return switch (code) {
      case "<f4" -> Type.FLOATS;
      case "<i8" -> Type.LONGS;
      case "|u1" -> Type.BYTES;
      default -> throw broken(name, "<f4, <i8 or |u1", code);
    };
  }

  private static List<Long> shape(String name, String text) {
    List<Long> shape = new ArrayList<>();
    for (String size : text.split(",", -1)) {
      if (size.isBlank()) continue;
      if (!size.strip().matches("[0-9]{1,9}")) throw broken(name, "sizes below 10^9", size);
      shape.add(Long.parseLong(size.strip()));
    }
    if (shape.isEmpty() || shape.size() > RANK_MAX) {
      throw broken(name, "1 to " + RANK_MAX + " dimensions, the first of which counts", text);
    }
    return List.copyOf(shape);
  }

  private static Refusal broken(String name, String expected, Object got) {
    return Refusal.of(Code.BAD_INPUT, "this is no array that can be used")
        .at(name)
        .expected(expected)
        .got(got);
  }

  /** How many entries it has: its first dimension. */
  int entries() {
    return Math.toIntExact(shape.getFirst());
  }

  /** One entry, as a batch of one. */
  Values entry(int index) {
    List<Long> one = new ArrayList<>(shape);
    one.set(0, 1L);
    MemorySegment at =
        values.asSlice((long) index * perEntry * type.bytes, (long) perEntry * type.bytes);
    return switch (type) {
      case FLOATS -> Values.of(one, at.toArray(FLOAT));
      case LONGS -> Values.of(one, at.toArray(LONG));
      case BYTES -> {
        float[] floats = new float[perEntry];
        for (int i = 0; i < perEntry; i++) {
          floats[i] = Byte.toUnsignedInt(at.get(ValueLayout.JAVA_BYTE, i));
        }
        yield Values.of(one, floats);
      }
    };
  }
}

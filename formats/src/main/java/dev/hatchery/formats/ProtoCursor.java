package dev.hatchery.formats;

import dev.hatchery.core.Refusal;

/**
 * The fields of one protobuf message, one after the other, without copying: {@code next()}, then
 * {@code field()} and one of {@code bytes()} and {@code number()}. Groups, which no format here
 * uses, are refused; a field whose wire type is not the one asked for is refused too.
 */
final class ProtoCursor {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final Span message;
  private long at;
  private long fieldAt;
  private int field;
  private int wire;
  private long number;
  private long length;

  ProtoCursor(Span message) {
    this.message = message;
    this.at = message.start();
  }

  /** Moves on to the next field; false at the end of the message. */
  boolean next() {
    if (at == message.end()) return false;
    fieldAt = at;
    long tag = varint();
    if (tag < 8 || tag > 0xffffffffL) throw broken("a field number from 1 to 2^29-1", tag);
    field = (int) (tag >>> 3);
    wire = (int) tag & 7;
    switch (wire) {
      case VARINT -> number = varint();
      case FIXED64 -> fixed(8);
      case FIXED32 -> fixed(4);
      case BYTES -> {
        length = varint();
        at = message.part(at, length).end();
      }
      default -> throw broken("a wire type of 0, 1, 2 or 5", wire);
    }
    return true;
  }

  int field() {
    return field;
  }

  boolean isBytes() {
    return wire == BYTES;
  }

  boolean isNumber() {
    return wire == VARINT;
  }

  /** The content of a string, bytes, message or packed field. */
  Span bytes() {
    if (wire != BYTES) throw broken("a field with a length", "wire type " + wire);
    return message.part(at - length, length);
  }

  /** A varint; negative numbers as two's complement. */
  long number() {
    if (wire != VARINT) throw broken("a number", "wire type " + wire);
    return number;
  }

  /** Reads varints one after the other from packed bytes: a cursor without fields. */
  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = message.u8(at++);
      if (shift == 63 && b > 1) break;
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) return value;
    }
    throw broken("a number of at most 64 bits", "more");
  }

  boolean atEnd() {
    return at == message.end();
  }

  Refusal broken(String expected, Object got) {
    return message.broken(fieldAt, expected, got);
  }

  private void fixed(int bytes) {
    length = bytes;
    at = message.part(at, bytes).end();
  }
}

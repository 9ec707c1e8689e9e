package dev.hatchery.formats;

import java.nio.charset.StandardCharsets;

/** One protobuf message. */
final class ProtoOut {
  private final Out out = new Out();

  ProtoOut number(int field, long value) {
    return varint((long) field << 3).varint(value);
  }

  ProtoOut bytes(int field, byte[] bytes) {
    varint(((long) field << 3) | 2).varint(bytes.length);
    out.bytes(bytes);
    return this;
  }

  ProtoOut text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  ProtoOut message(int field, ProtoOut message) {
    return bytes(field, message.toBytes());
  }

  ProtoOut float32(int field, float value) {
    varint(((long) field << 3) | 5);
    out.f32(value);
    return this;
  }

  /** Numbers of a packed field. */
  ProtoOut packed(int field, long... values) {
    var packed = new ProtoOut();
    for (long value : values) packed.varint(value);
    return bytes(field, packed.toBytes());
  }

  ProtoOut varint(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) out.u8((int) ((rest & 0x7f) | 0x80));
    out.u8((int) rest);
    return this;
  }

  byte[] toBytes() {
    return out.toBytes();
  }
}

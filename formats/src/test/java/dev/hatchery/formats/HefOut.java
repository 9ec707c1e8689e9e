package dev.hatchery.formats;

/** Writes HEFs; the weights behind the message are zeros. */
final class HefOut {
  private HefOut() {}

  static ProtoOut message(int architecture, String sdk) {
    return new ProtoOut()
        .message(1, new ProtoOut().number(1, architecture).number(2, 1700000000).text(3, sdk))
        .message(2, new ProtoOut().text(10, "detector").text(6, "detector/a"))
        .message(2, new ProtoOut().message(1, new ProtoOut().text(1, "old_style")))
        .message(5, new ProtoOut().number(1, 4).text(2, "is_multi_contexts"))
        .message(5, new ProtoOut().number(1, 27))
        .message(6, new ProtoOut().number(1, 5).text(2, "optional_one"));
  }

  /**
   * @param weights bytes behind the message; none in version 0
   */
  static byte[] file(int version, ProtoOut message, int weights) {
    byte[] proto = message.toBytes();
    var out = new Out().bigEndian32(0x01484546).bigEndian32(version).bigEndian32(proto.length);
    switch (version) {
      case 0 -> out.bigEndian32(0).bytes(new byte[16]);
      case 1 -> out.bigEndian32(77).bigEndian64(weights).bigEndian32(0);
      case 2 -> out.bigEndian64(77).bigEndian64(weights).bigEndian64(0).bigEndian64(0);
      default ->
          out.bigEndian64(77)
              .bigEndian64(weights - 3)
              .bigEndian32(1)
              .bigEndian64(3)
              .bigEndian64(78)
              .bigEndian64(0);
    }
    return out.bytes(proto).bytes(new byte[weights]).toBytes();
  }
}

package dev.hatchery.formats;

/** The model formats that are told apart, by their first bytes alone. */
public enum Format {
  ONNX,
  SAFETENSORS,
  GGUF,
  TFLITE,
  HEF,
  /** Anything else: one range of bytes about which nothing is known. */
  OPAQUE;

  private static final int GGUF_MAGIC = 0x46554747;
  private static final int TFLITE_IDENTIFIER = 0x334c4654;
  private static final int HEF_MAGIC = 0x01484546;

  /** What the file claims to be. Reads sixteen bytes at most. */
  static Format of(Span file) {
    if (starts(file, 0, 4) && file.i32(0) == GGUF_MAGIC) return GGUF;
    if (starts(file, 0, 4) && file.bigEndian32(0) == HEF_MAGIC) return HEF;
    if (starts(file, 4, 4) && file.i32(4) == TFLITE_IDENTIFIER) return TFLITE;
    if (starts(file, 0, 9) && safetensors(file)) return SAFETENSORS;
    if (starts(file, 0, 3) && onnx(file)) return ONNX;
    return OPAQUE;
  }

  private static boolean starts(Span file, int at, int bytes) {
    return file.length() >= at + bytes;
  }

  // No magic number, but a length that a header may have, and its brace.
  private static boolean safetensors(Span file) {
    long header = file.i64(0);
    return header >= 2 && header <= Limits.SAFETENSORS_HEADER && file.u8(8) == '{';
  }

  // No magic number either. Every exporter writes ModelProto's fields in order, and ir_version is
  // the first: tag 0x08 and one byte, then the tag of a later field of ModelProto.
  private static boolean onnx(Span file) {
    int version = file.u8(1);
    if (file.u8(0) != 0x08 || version == 0 || version > 0x7f) return false;
    int tag = file.u8(2);
    boolean known = tag == 0x28 || ((tag & 7) == 2 && tag >= 0x12 && tag <= 0x42);
    return known || tag == 0x72;
  }
}

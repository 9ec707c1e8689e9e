package dev.hatchery.server.deltas;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** An ONNX model whose one tensor, of int8, lies in a file of its own. Fields as in onnx.proto. */
public final class TwoFileModel {
  public static final String MODEL = "net/model.onnx";
  public static final String DATA = "net/weights.bin";
  private static final int ROWS = 128;
  private static final int COLUMNS = 1024;
  private static final int INT8 = 3;
  private static final int EXTERNAL = 1;

  private TwoFileModel() {}

  /** The model's file. */
  public static byte[] graph() {
    var shape = new Message().varint(ROWS).varint(COLUMNS);
    var tensor =
        new Message()
            .bytes(1, shape)
            .number(2, INT8)
            .text(8, "w")
            .bytes(13, new Message().text(1, "location").text(2, "weights.bin"))
            .number(14, EXTERNAL);
    return new Message()
        .number(1, 10)
        .bytes(7, new Message().bytes(5, tensor).text(2, "main"))
        .bytes(8, new Message().text(1, "").number(2, 21))
        .toBytes();
  }

  /** Weights as a network has them. */
  public static byte[] weights() {
    Random random = new Random(3);
    byte[] weights = new byte[ROWS * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) Math.clamp(Math.round(random.nextGaussian() * 25), -128, 127);
    }
    return weights;
  }

  /** The same after some more training: every fourth one is a step away. */
  public static byte[] trainedOn(byte[] before) {
    Random random = new Random(4);
    byte[] weights = before.clone();
    for (int i = 0; i < weights.length; i++) {
      if (random.nextInt(4) != 0) continue;
      weights[i] = (byte) Math.clamp(weights[i] + (random.nextBoolean() ? 1 : -1), -128, 127);
    }
    return weights;
  }

  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message varint(long value) {
      long rest = value;
      for (; (rest & ~0x7fL) != 0; rest >>>= 7) out.write((int) ((rest & 0x7f) | 0x80));
      out.write((int) rest);
      return this;
    }

    Message number(int field, long value) {
      return varint((long) field << 3).varint(value);
    }

    Message bytes(int field, Message message) {
      return bytes(field, message.toBytes());
    }

    Message text(int field, String text) {
      return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private Message bytes(int field, byte[] bytes) {
      varint(((long) field << 3) | 2).varint(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    byte[] toBytes() {
      return out.toByteArray();
    }
  }
}

package dev.hatchery.bench;

import dev.hatchery.delta.Lane;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** What a new version of a tensor has to do with the old one. Made pairs, the same every time. */
public enum Weights {
  /** A fine-tune at a low learning rate. */
  INT8_NEAR(Lane.I8, 0.02),
  /** One that went far. */
  INT8_FAR(Lane.I8, 0.5),
  /** Trained anew: the old ones say nothing. */
  INT8_UNRELATED(Lane.I8, 1),
  FP16_NEAR(Lane.F16, 0.0005),
  FP32_NEAR(Lane.F32, 0.0005);

  /** Lanes in a row. */
  static final int WIDTH = 1024;

  private static final long SEED = 42;

  private final Lane lane;
  private final double change;

  Weights(Lane lane, double change) {
    this.lane = lane;
    this.change = change;
  }

  /** Safetensors files of one tensor with so many rows. */
  byte[] before(int rows) {
    return file(rows, 0);
  }

  byte[] after(int rows) {
    return file(rows, change);
  }

  private byte[] file(int rows, double mixed) {
    var old = new SplittableRandom(SEED);
    var fresh = new SplittableRandom(SEED + 1);
    double deviation = lane.isFloat() ? 0.05 : 32;
    int[] lanes = new int[rows * WIDTH];
    for (int i = 0; i < lanes.length; i++) {
      double value = old.nextGaussian() * (1 - mixed) + fresh.nextGaussian() * mixed;
      lanes[i] = lane.nearest(value * deviation);
    }
    byte[] data = new byte[(int) lane.bytes(lanes.length)];
    lane.pack(lanes, lanes.length, data, 0);
    return safetensors(rows, data);
  }

  private byte[] safetensors(int rows, byte[] data) {
    byte[] header =
        "{\"w\":{\"dtype\":\"%s\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
            .formatted(lane, rows, WIDTH, data.length)
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(data)
        .array();
  }
}

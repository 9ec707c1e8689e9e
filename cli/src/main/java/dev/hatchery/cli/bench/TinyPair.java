package dev.hatchery.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Two safetensors files with a tensor of each kind that matters, so that whoever applies the patch
 * between them a few times has seen most of a decoder's code, and compiled it.
 */
final class TinyPair {
  private static final int LANES = 32 * 1024;
  private static final String HEADER =
      """
      {"f32":{"dtype":"F32","shape":[128,256],"data_offsets":[0,131072]},\
      "f16":{"dtype":"F16","shape":[128,256],"data_offsets":[131072,196608]},\
      "i8":{"dtype":"I8","shape":[128,256],"data_offsets":[196608,229376]},\
      "far":{"dtype":"I8","shape":[128,256],"data_offsets":[229376,262144]},\
      "same":{"dtype":"I8","shape":[128,256],"data_offsets":[262144,294912]}}\
      """;

  private TinyPair() {}

  static void write(Path before, Path after) throws IOException {
    Files.write(before, bytes(0));
    Files.write(after, bytes(1));
  }

  private static byte[] bytes(int changed) {
    byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
    var out = ByteBuffer.allocate(8 + header.length + 9 * LANES);
    out.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
    var weights = new SplittableRandom(7);
    var noise = new SplittableRandom(8);
    for (int i = 0; i < LANES; i++) out.putFloat((float) value(weights, noise, changed, 1e-3));
    for (int i = 0; i < LANES; i++) {
      out.putShort(Float.floatToFloat16((float) value(weights, noise, changed, 1e-2)));
    }
    for (int i = 0; i < LANES; i++) out.put((byte) (30 * value(weights, noise, changed, 0.1)));
    for (int i = 0; i < LANES; i++) out.put((byte) (60 * value(weights, noise, changed, 1)));
    for (int i = 0; i < LANES; i++) out.put((byte) weights.nextInt());
    return out.array();
  }

  private static double value(
      SplittableRandom weights, SplittableRandom noise, int changed, double step) {
    return weights.nextDouble(-1, 1) + changed * step * noise.nextDouble(-1, 1);
  }
}

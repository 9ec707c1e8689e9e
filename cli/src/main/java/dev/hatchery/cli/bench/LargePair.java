package dev.hatchery.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * A pair that is too large to be kept in memory: 1 GiB of int8 weights in 16,384 tensors, every
 * hundredth of which is fine-tuned. It is made from a seed, and gone when this is closed.
 */
public final class LargePair implements AutoCloseable {
  private static final int TENSORS = 16_384;
  private static final int LANES = 64 * 1024;
  private static final int EVERY = 100;

  private final Scratch scratch;

  private LargePair(Scratch scratch) {
    this.scratch = scratch;
  }

  /** Makes it; takes 2 GiB of temporary disk. */
  public static LargePair make() throws IOException {
    LargePair made = new LargePair(Scratch.make());
    try {
      write(made.pair().before(), false);
      write(made.pair().after(), true);
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  public Pair pair() {
    return new Pair("large-int8", scratch.file("old.safetensors"), scratch.file("new.safetensors"));
  }

  private static void write(Path file, boolean tuned) throws IOException {
    byte[] header = header();
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      var size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      put(out, size.putLong(header.length).flip());
      put(out, ByteBuffer.wrap(header));
      byte[] lanes = new byte[LANES];
      for (int tensor = 0; tensor < TENSORS; tensor++) {
        new SplittableRandom(tensor).nextBytes(lanes);
        if (tuned && tensor % EVERY == 0) tune(lanes, tensor);
        put(out, ByteBuffer.wrap(lanes));
      }
    }
  }

  private static void tune(byte[] lanes, int seed) {
    var steps = new SplittableRandom(~seed);
    for (int i = 0; i < lanes.length; i++) lanes[i] += (byte) (steps.nextInt(5) - 2);
  }

  private static byte[] header() {
    var text = new StringBuilder("{");
    for (int tensor = 0; tensor < TENSORS; tensor++) {
      long at = (long) tensor * LANES;
      text.append(tensor == 0 ? "" : ",")
          .append("\"t%d\":{\"dtype\":\"I8\",\"shape\":[256,256],".formatted(tensor))
          .append("\"data_offsets\":[%d,%d]}".formatted(at, at + LANES));
    }
    return text.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void put(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) out.write(bytes);
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }
}

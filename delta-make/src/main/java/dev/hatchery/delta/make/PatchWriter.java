package dev.hatchery.delta.make;

import dev.hatchery.delta.Frame;
import dev.hatchery.delta.Header;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.zip.CRC32C;

/** Collects ops into frames and writes them; the header comes last, when the frames are counted. */
final class PatchWriter implements AutoCloseable {
  private static final int MAX_OPS = 8192;

  private final FileChannel out;
  private final FrameBuilder builder;
  private final Mapped old;
  private final List<Planned> planned = new ArrayList<>();
  private long tensors;
  private long literals;
  private long near = -1;
  private int frames;

  PatchWriter(Path file, Mapped old, Mapped now) throws IOException {
    this.old = old;
    this.builder = new FrameBuilder(old, now);
    this.out =
        FileChannel.open(
            file,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING);
    out.position(Header.SIZE);
  }

  /**
   * Adds an op.
   *
   * @param expected where in the old file the bytes would be, had nothing moved
   */
  void add(Planned next, long expected) throws IOException {
    switch (next.op()) {
      case Op.Copy copy -> add(next, merged(copy), 0, 0);
      case Op.Literal literal -> literal(literal, expected);
      case Op.Unknown unknown -> add(next, false, unknown.length(), 0);
      case Op.Tensor tensor -> add(next, false, tensor.length(), 0);
    }
  }

  /** The whole new file as it is, however large, none of it held in memory. */
  void stored(Mapped now) throws IOException {
    for (long at = 0; at < now.size(); at += Frame.MAX_STORED) {
      int length = (int) Math.min(Frame.MAX_STORED, now.size() - at);
      byte[] table = OpWriter.table(List.of(new Op.Literal(at, length)));
      ByteBuffer bytes = now.segment().asSlice(at, length).asByteBuffer();
      CRC32C sum = new CRC32C();
      sum.update(table);
      sum.update(bytes.duplicate());
      int size = table.length;
      write(new Frame(size, size, length, length, 0, 0, 0, 0, (int) sum.getValue()).bytes());
      put(ByteBuffer.wrap(table));
      put(bytes);
    }
  }

  private void literal(Op.Literal op, long expected) throws IOException {
    for (long done = 0; done < op.length(); ) {
      if (literals == Frame.MAX_LITERALS) flush();
      long length = Math.min(op.length() - done, Frame.MAX_LITERALS - literals);
      Op.Literal piece = new Op.Literal(op.at() + done, length);
      if (near < 0) near = expected + done;
      add(Gaps.literal(piece.at(), piece.at() + length), merged(piece), 0, length);
      done += length;
    }
  }

  private void add(Planned next, boolean merged, long ofTensors, long ofLiterals)
      throws IOException {
    if (tensors + ofTensors > Frame.MAX_TENSORS || planned.size() >= MAX_OPS) flush();
    if (!merged || planned.isEmpty()) planned.add(next);
    tensors += ofTensors;
    literals += ofLiterals;
  }

  // Two ops that continue each other are one.
  private boolean merged(Op next) {
    if (planned.isEmpty()) return false;
    Op last = planned.getLast().op();
    if (last.at() + last.length() != next.at()) return false;
    if (last instanceof Op.Copy a && next instanceof Op.Copy b) {
      if (a.from() + a.length() != b.from()) return false;
      return replaceLast(Gaps.copy(a.at(), a.from(), a.length() + b.length()));
    }
    return last instanceof Op.Literal
        && next instanceof Op.Literal
        && replaceLast(Gaps.literal(last.at(), next.at() + next.length()));
  }

  private boolean replaceLast(Planned with) {
    planned.set(planned.size() - 1, with);
    return true;
  }

  private void flush() throws IOException {
    if (planned.isEmpty()) return;
    int size = (int) Math.min(Frame.MAX_WINDOW, old.size());
    long from = Math.clamp(near - size / 2, 0, old.size() - size);
    write(builder.build(planned, from, literals == 0 ? 0 : size));
    planned.clear();
    tensors = 0;
    literals = 0;
    near = -1;
  }

  private void write(byte[] frame) throws IOException {
    frames++;
    put(ByteBuffer.wrap(frame));
  }

  private void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) out.write(bytes);
  }

  /** Ends the last frame and writes the header. */
  long finish(LongFunction<Header> header) throws IOException {
    flush();
    long size = out.position();
    out.position(0);
    put(ByteBuffer.wrap(header.apply(frames).bytes()));
    out.force(true);
    return size;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}

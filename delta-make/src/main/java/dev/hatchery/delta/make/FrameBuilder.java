package dev.hatchery.delta.make;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.hatchery.delta.Frame;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.Parameters;
import dev.hatchery.delta.Prediction;
import dev.hatchery.delta.TensorCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Turns planned ops into a frame's bytes. */
final class FrameBuilder {
  /** Of the levels that exist, the one that finds most; frames are small. */
  private static final int LEVEL = 22;

  private final Mapped old;
  private final Mapped now;
  private final TensorCodec codec;

  FrameBuilder(Mapped old, Mapped now) {
    this.old = old;
    this.now = now;
    this.codec = new TensorCodec(new Prediction(old, now));
  }

  /** One op, with what a tensor's needs besides. */
  record Planned(Op op, Parameters parameters) {}

  /**
   * Encodes a frame.
   *
   * @param window where in the base the literals' dictionary begins
   */
  byte[] build(List<Planned> planned, long window, int windowSize) throws IOException {
    List<Op> ops = new ArrayList<>();
    ByteArrayOutputStream literals = new ByteArrayOutputStream();
    PatchCoder coder = new PatchCoder();
    codec.reset();
    for (Planned next : planned) {
      ops.add(next.op());
      switch (next.op()) {
        case Op.Copy _ -> {}
        case Op.Literal literal -> literals.write(now.bytes(literal.at(), (int) literal.length()));
        case Op.Unknown unknown -> Unknowns.code(codec, coder, unknown, old, now);
        case Op.Tensor tensor ->
            codec.code(coder, tensor, next.parameters(), Lanes.of(tensor, now));
      }
    }
    byte[] table = OpWriter.table(ops);
    byte[] text = literals.toByteArray();
    byte[] dictionary = windowSize == 0 ? new byte[0] : old.bytes(window, windowSize);
    byte[] small = packed(text, dictionary);
    // A dictionary that was of no use is not named, so that nobody loads it.
    boolean used = small.length < text.length && windowSize > 0 && !Frame.isFormatted(dictionary);
    return frame(
        table,
        packed(table, new byte[0]),
        text.length,
        small,
        used ? window : 0,
        used ? windowSize : 0,
        coder);
  }

  private static byte[] frame(
      byte[] table,
      byte[] packedTable,
      int literals,
      byte[] packedLiterals,
      long window,
      int windowSize,
      PatchCoder coder)
      throws IOException {
    byte[] codes = coder.codes();
    byte[] raws = coder.raws();
    CRC32C sum = new CRC32C();
    for (byte[] section : List.of(packedTable, packedLiterals, codes, raws)) sum.update(section);
    Frame head =
        new Frame(
            table.length,
            packedTable.length,
            literals,
            packedLiterals.length,
            window,
            windowSize,
            codes.length,
            raws.length,
            (int) sum.getValue());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(head.bytes());
    out.write(packedTable);
    out.write(packedLiterals);
    out.write(codes);
    out.write(raws);
    return out.toByteArray();
  }

  /** As it is, when packing does not make it smaller. */
  static byte[] packed(byte[] bytes, byte[] dictionary) {
    if (bytes.length == 0 || bytes.length > Frame.MAX_LITERALS) return bytes;
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(LEVEL).setContentSize(false).setChecksum(false).setDictID(false);
      zstd.setMagicless(false);
      if (dictionary.length > 0 && !Frame.isFormatted(dictionary)) zstd.loadDict(dictionary);
      byte[] out = new byte[(int) Zstd.compressBound(bytes.length)];
      int length = zstd.compressByteArray(out, 0, out.length, bytes, 0, bytes.length);
      return length < bytes.length ? java.util.Arrays.copyOf(out, length) : bytes;
    }
  }
}

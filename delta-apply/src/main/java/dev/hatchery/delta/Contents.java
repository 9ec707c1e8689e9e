package dev.hatchery.delta;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a patch consists of, for people to look at: its header, and each frame's head and ops.
 * Nothing is applied, and the checksums of what is not looked at are not compared.
 */
public final class Contents {
  private Contents() {}

  /** A frame, and what it would do. */
  public record Part(Frame frame, List<Op> ops) {
    public Part {
      ops = List.copyOf(ops);
    }
  }

  /**
   * Reads a patch from begin to end.
   *
   * @param each is given the frames, one at a time
   * @throws BadPatch when a head or a table is not one, or the patch ends too early or too late
   */
  public static Header read(Source patch, Consumer<Part> each) throws BadPatch, IOException {
    Header header = Decoder.header(patch);
    byte[] bytes = new byte[Frame.SIZE];
    long at = Header.SIZE;
    for (int i = 0; i < header.frames(); i++) {
      requireLeft(patch, at, Frame.SIZE);
      patch.read(at, bytes, 0, Frame.SIZE);
      Frame frame = Frame.parse(bytes);
      at += Frame.SIZE;
      requireLeft(patch, at, frame.body());
      each.accept(new Part(frame, Op.parse(table(patch, at, frame))));
      at += frame.body();
    }
    if (at != patch.size()) {
      throw new BadPatch(BadPatch.Reason.LENGTH, "there are bytes after the last frame");
    }
    return header;
  }

  private static void requireLeft(Source patch, long at, long length) throws BadPatch, IOException {
    if (patch.size() - at < length) {
      throw new BadPatch(BadPatch.Reason.LENGTH, "the patch ends within a frame");
    }
  }

  private static byte[] table(Source patch, long at, Frame frame) throws BadPatch, IOException {
    byte[] stored = new byte[frame.tableStored()];
    patch.read(at, stored, 0, stored.length);
    if (stored.length == frame.table()) return stored;
    byte[] table = new byte[frame.table()];
    try (var zstd = new ZstdDecompressCtx()) {
      int length = zstd.decompressByteArray(table, 0, table.length, stored, 0, stored.length);
      if (length == table.length) return table;
      throw new BadPatch(
          BadPatch.Reason.COMPRESSION, "expected " + table.length + " bytes, got " + length);
    } catch (ZstdException e) {
      throw new BadPatch(BadPatch.Reason.COMPRESSION, "zstd says: " + e.getMessage());
    }
  }
}

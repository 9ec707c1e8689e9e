package dev.hatchery.delta;

import java.util.ArrayList;
import java.util.List;

/** Writes a patch around frames. */
final class PatchOut {
  private final byte[] base;
  private final byte[] result;
  private final List<byte[]> frames = new ArrayList<>();

  PatchOut(byte[] base, byte[] result) {
    this.base = base;
    this.result = result;
  }

  PatchOut frame(FrameOut frame) {
    frames.add(frame.toBytes());
    return this;
  }

  byte[] toBytes() {
    return withSizes(base.length, result.length, frames.size());
  }

  byte[] withSizes(long ofBase, long ofResult, int ofFrames) {
    Out head =
        new Out()
            .bytes((byte) 0xc8, (byte) 'D', (byte) 'L', (byte) 1)
            .u32(ofFrames)
            .u64(ofBase)
            .u64(ofResult)
            .bytes(Decoder.sha256().digest(base))
            .bytes(Decoder.sha256().digest(result));
    head.u32(FrameOut.sum(head.toBytes()));
    frames.forEach(head::bytes);
    return head.toBytes();
  }
}

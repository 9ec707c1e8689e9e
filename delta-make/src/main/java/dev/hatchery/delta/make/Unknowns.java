package dev.hatchery.delta.make;

import dev.hatchery.delta.Coder;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.TensorCodec;

/** Codes a range of bytes that no reader knows the meaning of. */
final class Unknowns {
  private Unknowns() {}

  static void code(TensorCodec codec, Coder coder, Op.Unknown op, Mapped old, Mapped now) {
    for (long done = 0; done < op.length(); done += Op.Unknown.PIECE) {
      int length = (int) Math.min(Op.Unknown.PIECE, op.length() - done);
      long at = done;
      byte[] like = op.from().map(from -> old.bytes(from + at, length)).orElse(null);
      codec.unknown(coder, now.bytes(op.at() + done, length), length, like, done == 0);
    }
  }
}

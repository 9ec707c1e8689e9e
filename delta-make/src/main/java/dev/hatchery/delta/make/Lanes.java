package dev.hatchery.delta.make;

import dev.hatchery.delta.Lane;
import dev.hatchery.delta.LaneModel;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.TensorCodec;
import java.io.IOException;

/** The lanes that an op is to bring about, from the new file. */
final class Lanes implements TensorCodec.Rows {
  private final Mapped now;
  private final Lane lane;
  private final long at;
  private final int width;
  private final byte[] bytes = new byte[LaneModel.MAX_COLUMNS * 4];

  private Lanes(Mapped now, Lane lane, long at, int width) {
    this.now = now;
    this.lane = lane;
    this.at = at;
    this.width = width;
  }

  static Lanes of(Op.Tensor op, Mapped now) {
    return new Lanes(now, op.lane(), op.at(), op.width());
  }

  @Override
  public void wanted(int row, int[] lanes, int count) throws IOException {
    now.read(at + (long) row * width * lane.bits() / 8, bytes, 0, (int) lane.bytes(count));
    lane.unpack(bytes, 0, lanes, count);
  }

  @Override
  public void coded(int row, int[] lanes, int count) {}

  /** All lanes of a range. */
  static int[] read(Mapped file, Lane lane, long at, int count) {
    int[] lanes = new int[count];
    lane.unpack(file.bytes(at, (int) lane.bytes(count)), 0, lanes, count);
    return lanes;
  }
}

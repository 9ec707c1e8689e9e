package dev.hatchery.delta.make;

import dev.hatchery.delta.Op;
import dev.hatchery.delta.Parameters;
import dev.hatchery.delta.Prediction;
import dev.hatchery.delta.TensorCodec;
import java.io.IOException;

/** Says what an op would cost, by coding it, or for a large one a part of its rows, to nowhere. */
final class Trial {
  private static final int SAMPLE = 160_000;

  private final TensorCodec codec;
  private final Mapped old;
  private final Mapped now;

  Trial(Mapped old, Mapped now) {
    this.codec = new TensorCodec(new Prediction(old, now));
    this.old = old;
    this.now = now;
  }

  /** In bits. */
  double cost(Op.Unknown op) {
    codec.reset();
    CostCoder cost = new CostCoder();
    long length = Math.min(op.length(), SAMPLE);
    long skipped = (op.length() - length) / 2;
    var sample = new Op.Unknown(op.at() + skipped, length, op.from().map(from -> from + skipped));
    Unknowns.code(codec, cost, sample, old, now);
    return cost.bits() * op.length() / length;
  }

  /** In bits. */
  double cost(Op.Tensor op, Parameters parameters) throws IOException {
    codec.reset();
    CostCoder ofParameters = new CostCoder();
    codec.parameters(ofParameters, op, parameters);
    CostCoder ofLanes = new CostCoder();
    int rows = Math.max(1, SAMPLE / op.width());
    if (rows >= op.rows()) {
      codec.lanes(ofLanes, op, parameters, Lanes.of(op, now), 0, op.rows());
      return ofParameters.bits() + ofLanes.bits();
    }
    int first = (op.rows() - rows) / 2;
    codec.lanes(ofLanes, op, parameters, Lanes.of(op, now), first, first + rows);
    return ofParameters.bits() + ofLanes.bits() * op.rows() / rows;
  }
}

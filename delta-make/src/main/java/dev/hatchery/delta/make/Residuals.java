package dev.hatchery.delta.make;

import dev.hatchery.delta.Op;
import dev.hatchery.delta.Prediction;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import java.io.IOException;

/** What an op without a low-rank correction leaves to be explained, unrounded. */
final class Residuals {
  private Residuals() {}

  static double[] of(Planned planned, Values values, Mapped old, Mapped now) throws IOException {
    Op.Tensor op = (Op.Tensor) planned.op();
    double[] left = new double[values.now().length];
    Prediction prediction = new Prediction(old, now);
    prediction.begin(op, planned.parameters());
    int width = values.width();
    for (int row = 0; row < op.rows(); row++) {
      int count = Math.min(width, op.lanes() - row * width);
      prediction.row(row, count);
      for (int i = 0; i < count; i++) {
        int at = row * width + i;
        double number = prediction.number(i);
        // What is no number on either side is not explained by anything.
        left[at] = Double.isFinite(number) ? values.now()[at] - number : 0;
      }
    }
    return left;
  }
}

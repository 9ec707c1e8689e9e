package dev.hatchery.delta;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Codes tensors and unknown bytes, on either side. One for each run through a patch's frames. */
public final class TensorCodec {
  private final LaneModel model = new LaneModel();
  private final LaneModel numbers = new LaneModel();
  private final Prediction prediction;
  private @Nullable ByteModel bytes; // large, and most patches do not need it
  private boolean modelLearned;
  private boolean numbersLearned;
  private boolean bytesLearned;

  /** Gives an encoder's lanes, takes a decoder's. */
  public interface Rows {
    /** The row's lanes, for an encoder. */
    void wanted(int row, int[] lanes, int count) throws IOException;

    /** The row's lanes as they were coded, for a decoder. */
    void coded(int row, int[] lanes, int count) throws IOException;
  }

  public TensorCodec(Prediction prediction) {
    this.prediction = prediction;
  }

  /** Begins a frame: all that was learned is forgotten. */
  public void reset() {
    // They are large, and many frames need only one of them, or none.
    if (modelLearned) model.reset();
    if (numbersLearned) numbers.reset();
    if (bytesLearned && bytes != null) bytes.reset();
    modelLearned = false;
    numbersLearned = false;
    bytesLearned = false;
  }

  /** Codes a tensor, its parameters first. */
  public void code(Coder coder, Op.Tensor op, Parameters parameters, Rows rows) throws IOException {
    parameters(coder, op, parameters);
    lanes(coder, op, parameters, rows, 0, op.rows());
  }

  /** Codes a tensor's parameters. */
  public void parameters(Coder coder, Op.Tensor op, Parameters parameters) {
    numbersLearned |= op.lowRank().isPresent() || op.scaling() instanceof Op.Channels;
    parameters.code(coder, numbers, op.lowRank().map(Op.LowRank::rank).orElse(0));
  }

  /** Codes some of a tensor's rows; all of them, but for an encoder that wants an estimate. */
  public void lanes(Coder coder, Op.Tensor op, Parameters parameters, Rows rows, int first, int end)
      throws IOException {
    prediction.begin(op, parameters);
    modelLearned = true;
    int width = Math.min(op.width(), op.lanes());
    model.begin(op.lane(), width);
    boolean fresh = op.source() instanceof Op.Nothing && op.lane().isFloat() && plain(op);
    int[] lanes = new int[width];
    for (int row = first; row < end; row++) {
      int count = Math.min(op.width(), op.lanes() - row * op.width());
      rows.wanted(row, lanes, count);
      model.row();
      if (fresh) {
        for (int i = 0; i < count; i++) lanes[i] = model.fresh(coder, i, lanes[i]);
      } else {
        prediction.row(row, count);
        if (op.lane().isFloat()) floats(coder, op.lane(), lanes, count);
        else integers(coder, lanes, count);
      }
      rows.coded(row, lanes, count);
    }
  }

  /** Codes the next bytes of a range of which nothing is known. */
  public void unknown(
      Coder coder, byte[] values, int count, byte @Nullable [] base, boolean first) {
    ByteModel model = bytes;
    if (model == null) {
      model = new ByteModel();
      bytes = model;
    }
    bytesLearned = true;
    if (first) model.begin();
    model.code(coder, values, count, base);
  }

  private static boolean plain(Op.Tensor op) {
    return op.scaling() instanceof Op.Plain && op.lowRank().isEmpty();
  }

  private void floats(Coder coder, Lane lane, int[] lanes, int count) {
    int[] predicted = prediction.lanes;
    for (int i = 0; i < count; i++) {
      int at = predicted[i];
      int field = lane.field(at);
      int fraction = prediction.fractions[i];
      double unit = lane.unit(field);
      double inverse = lane.inverse(field);
      int residual = lanes[i] - at;
      lanes[i] = at + model.residual(coder, i, unit, inverse, field, fraction, residual);
    }
  }

  private void integers(Coder coder, int[] lanes, int count) {
    int[] predicted = prediction.lanes;
    for (int i = 0; i < count; i++) {
      int at = predicted[i];
      int size = LaneModel.sizeOf(at);
      int fraction = prediction.fractions[i];
      lanes[i] = at + model.residual(coder, i, 1, 1, size, fraction, lanes[i] - at);
    }
  }
}

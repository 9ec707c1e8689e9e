package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Element;
import dev.hatchery.pipeline.graph.Weight;
import java.util.List;

/** A weight of eight bits, in its own order, with a scale for each index of one axis. */
final class Channels {
  private final List<Long> shape;
  private final int axis;
  private final byte[] values;
  private final float[] scales;

  private Channels(List<Long> shape, int axis, byte[] values, float[] scales) {
    this.shape = shape;
    this.axis = axis;
    this.values = values;
    this.scales = scales;
  }

  /** Quantises floats, each channel by its own least and most. */
  static Channels of(Weight weight, int axis) {
    float[] reals = weight.floats().orElseThrow();
    int channels = weight.dimension(axis);
    int inner = 1;
    for (int d = axis + 1; d < weight.rank(); d++) inner *= weight.dimension(d);
    float[] least = new float[channels];
    float[] most = new float[channels];
    for (int i = 0; i < reals.length; i++) {
      int c = i / inner % channels;
      least[c] = Math.min(least[c], reals[i]);
      most[c] = Math.max(most[c], reals[i]);
    }
    Affine[] affine = new Affine[channels];
    float[] scales = new float[channels];
    for (int c = 0; c < channels; c++) {
      affine[c] = Affine.weights(least[c], most[c]);
      scales[c] = affine[c].scale();
    }
    byte[] values = new byte[reals.length];
    for (int i = 0; i < reals.length; i++) {
      values[i] = (byte) affine[i / inner % channels].quantised(reals[i]);
    }
    return new Channels(weight.shape(), axis, values, scales);
  }

  /** The same matrix with rows and columns changed over; the axis changes with them. */
  Channels transposed() {
    int rows = Math.toIntExact(shape.getFirst());
    int columns = Math.toIntExact(shape.getLast());
    byte[] turned = new byte[values.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c];
    }
    return new Channels(List.of(shape.getLast(), shape.getFirst()), 1 - axis, turned, scales);
  }

  int axis() {
    return axis;
  }

  float scale(int channel) {
    return scales[channel];
  }

  private List<Long> perChannel() {
    return List.of((long) scales.length);
  }

  Weight values(String name) {
    return Weight.of(name, Element.INT8, shape, values);
  }

  Weight scales(String name) {
    return Weight.of(name, perChannel(), scales);
  }

  Weight zeros(String name) {
    return Weight.of(name, Element.INT8, perChannel(), new byte[scales.length]);
  }
}

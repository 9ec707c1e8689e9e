package dev.hatchery.examples.inspection.network;

import dev.hatchery.examples.inspection.surface.Dice;
import java.util.List;

/**
 * The weights of one classifier: conv 3x3 - ReLU - max-pool 2 - conv 3x3 - ReLU - max-pool 4 -
 * dense - softmax.
 *
 * <p>Layouts are ONNX's own, so that export is a copy: kernels are [out][in][3][3], the dense
 * weights [feature][class] with features in the order channel, row, column.
 */
public final class Network {
  private final Shape shape;
  private final List<Parameter> parameters;
  final float[] kernel1;
  final float[] bias1;
  final float[] kernel2;
  final float[] bias2;
  final float[] dense;
  final float[] bias3;

  /** All weights zero. */
  Network(Shape shape) {
    this.shape = shape;
    var first = new Parameter("conv1.weight", shape.first(), 1, 3, 3);
    var firstBias = new Parameter("conv1.bias", shape.first());
    var second = new Parameter("conv2.weight", shape.second(), shape.first(), 3, 3);
    var secondBias = new Parameter("conv2.bias", shape.second());
    var head = new Parameter("dense.weight", shape.features(), Shape.CLASSES);
    var headBias = new Parameter("dense.bias", Shape.CLASSES);
    this.parameters = List.of(first, firstBias, second, secondBias, head, headBias);
    this.kernel1 = first.live();
    this.bias1 = firstBias.live();
    this.kernel2 = second.live();
    this.bias2 = secondBias.live();
    this.dense = head.live();
    this.bias3 = headBias.live();
  }

  /**
   * An untrained network: He's initialisation (arXiv 1502.01852) before a ReLU, small values for
   * the head.
   */
  public static Network untrained(Shape shape, long seed) {
    var dice = new Dice(seed);
    var network = new Network(shape);
    fill(network.kernel1, dice, (float) StrictMath.sqrt(2.0 / Shape.TAPS));
    fill(network.kernel2, dice, (float) StrictMath.sqrt(2.0 / (Shape.TAPS * shape.first())));
    fill(network.dense, dice, (float) StrictMath.sqrt(1.0 / shape.features()));
    return network;
  }

  private static void fill(float[] weights, Dice dice, float deviation) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] = dice.noise() * deviation;
    }
  }

  public Shape shape() {
    return shape;
  }

  /** All weights in a fixed order, from the first convolution to the head's bias. */
  public List<Parameter> parameters() {
    return parameters;
  }

  Network copy() {
    var copy = new Network(shape);
    for (int i = 0; i < parameters.size(); i++) {
      float[] from = parameters.get(i).live();
      System.arraycopy(from, 0, copy.parameters.get(i).live(), 0, from.length);
    }
    return copy;
  }
}

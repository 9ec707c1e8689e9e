package dev.hatchery.examples.inspection.network;

import java.util.Arrays;

/**
 * One tile's way through a network, forward and back, in buffers that are used again for the next
 * tile.
 *
 * <p>Planes keep their border of zeros, and a convolution runs over whole planes of the padded
 * width: the two junk columns at the end of each row are never read. That leaves one long inner
 * loop per kernel, several times faster in Java than nested short ones. Max-pooling lets the
 * gradient through at one cell per window, so the way back visits only those cells.
 */
final class Pass {
  /**
   * Padded widths and planes of the two convolutions' inputs, and the lengths of their output
   * planes.
   */
  private static final int WIDE = Shape.SIDE + 2;

  private static final int NARROW = Shape.MIDDLE + 2;
  private static final int PLANE0 = WIDE * WIDE;
  private static final int PLANE1 = NARROW * NARROW;
  private static final int LENGTH1 = (Shape.SIDE - 1) * WIDE + Shape.SIDE;
  private static final int LENGTH2 = (Shape.MIDDLE - 1) * NARROW + Shape.MIDDLE;
  private static final int CELLS1 = Shape.MIDDLE * Shape.MIDDLE;
  private static final int CELLS2 = Shape.LAST * Shape.LAST;

  private final Network network;
  private final int first;
  private final int second;

  private final float[] image = new float[PLANE0];
  private final float[] plane = new float[LENGTH1];
  private final float[] middle;
  private final float[] middleGradient;
  private final int[] winners1;
  private final float[] features;
  private final int[] winners2;
  private final float[] probabilities = new float[Shape.CLASSES];

  Pass(Network network) {
    this.network = network;
    this.first = network.shape().first();
    this.second = network.shape().second();
    this.middle = new float[first * PLANE1];
    this.middleGradient = new float[first * PLANE1];
    this.winners1 = new int[first * CELLS1];
    this.features = new float[second * CELLS2];
    this.winners2 = new int[second * CELLS2];
  }

  /** Class probabilities of one tile whose pixels are already normalised; the array is reused. */
  float[] forward(float[] pixels) {
    for (int y = 0; y < Shape.SIDE; y++) {
      System.arraycopy(pixels, y * Shape.SIDE, image, (y + 1) * WIDE + 1, Shape.SIDE);
    }
    for (int c = 0; c < first; c++) {
      Arrays.fill(plane, 0, LENGTH1, network.bias1[c]);
      convolve(plane, LENGTH1, image, 0, WIDE, network.kernel1, c * Shape.TAPS);
      poolFirst(c);
    }
    for (int c = 0; c < second; c++) {
      Arrays.fill(plane, 0, LENGTH2, network.bias2[c]);
      for (int in = 0; in < first; in++) {
        convolve(
            plane,
            LENGTH2,
            middle,
            in * PLANE1,
            NARROW,
            network.kernel2,
            (c * first + in) * Shape.TAPS);
      }
      poolSecond(c);
    }
    return classify();
  }

  /** out[i] += the 3x3 kernel at w[k] applied at in[at + i]. */
  private static void convolve(
      float[] out, int length, float[] in, int at, int width, float[] w, int k) {
    float a = w[k];
    float b = w[k + 1];
    float c = w[k + 2];
    float d = w[k + 3];
    float e = w[k + 4];
    float f = w[k + 5];
    float g = w[k + 6];
    float h = w[k + 7];
    float j = w[k + 8];
    int row1 = at + width;
    int row2 = row1 + width;
    for (int i = 0; i < length; i++) {
      out[i] +=
          (a * in[at + i] + b * in[at + i + 1] + c * in[at + i + 2])
              + (d * in[row1 + i] + e * in[row1 + i + 1] + f * in[row1 + i + 2])
              + (g * in[row2 + i] + h * in[row2 + i + 1] + j * in[row2 + i + 2]);
    }
  }

  private void poolFirst(int channel) {
    for (int cell = 0; cell < CELLS1; cell++) {
      int row = cell / Shape.MIDDLE;
      int column = cell % Shape.MIDDLE;
      int winner = winner(row * 2 * WIDE + column * 2, 2, WIDE);
      winners1[channel * CELLS1 + cell] = winner;
      middle[channel * PLANE1 + (row + 1) * NARROW + column + 1] = relu(plane[winner]);
    }
  }

  private void poolSecond(int channel) {
    for (int cell = 0; cell < CELLS2; cell++) {
      int row = cell / Shape.LAST;
      int column = cell % Shape.LAST;
      int winner = winner(row * 4 * NARROW + column * 4, 4, NARROW);
      winners2[channel * CELLS2 + cell] = winner;
      features[channel * CELLS2 + cell] = relu(plane[winner]);
    }
  }

  private int winner(int at, int side, int width) {
    int winner = at;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int i = at + y * width + x;
        if (plane[i] > plane[winner]) {
          winner = i;
        }
      }
    }
    return winner;
  }

  private static float relu(float value) {
    return value > 0 ? value : 0;
  }

  private float[] classify() {
    float[] logits = probabilities;
    System.arraycopy(network.bias3, 0, logits, 0, Shape.CLASSES);
    for (int f = 0; f < features.length; f++) {
      for (int c = 0; c < Shape.CLASSES; c++) {
        logits[c] += features[f] * network.dense[f * Shape.CLASSES + c];
      }
    }
    return softmax(logits);
  }

  private static float[] softmax(float[] logits) {
    float top = logits[0];
    for (float logit : logits) {
      top = StrictMath.max(top, logit);
    }
    float sum = 0;
    for (int c = 0; c < logits.length; c++) {
      logits[c] = (float) StrictMath.exp(logits[c] - top);
      sum += logits[c];
    }
    for (int c = 0; c < logits.length; c++) {
      logits[c] /= sum;
    }
    return logits;
  }

  /** Adds the cross-entropy gradient of the tile last sent forward to {@code gradient}. */
  void backward(int truth, Network gradient) {
    probabilities[truth] -= 1;
    for (int c = 0; c < Shape.CLASSES; c++) {
      gradient.bias3[c] += probabilities[c];
    }
    Arrays.fill(middleGradient, 0);
    for (int f = 0; f < features.length; f++) {
      if (features[f] > 0) {
        backThroughSecond(f, backThroughDense(f, gradient), gradient);
      }
    }
    for (int cell = 0; cell < winners1.length; cell++) {
      backThroughFirst(cell, gradient);
    }
  }

  private float backThroughDense(int feature, Network gradient) {
    float back = 0;
    for (int c = 0; c < Shape.CLASSES; c++) {
      int at = feature * Shape.CLASSES + c;
      gradient.dense[at] += features[feature] * probabilities[c];
      back += network.dense[at] * probabilities[c];
    }
    return back;
  }

  private void backThroughSecond(int feature, float back, Network gradient) {
    int channel = feature / CELLS2;
    gradient.bias2[channel] += back;
    for (int in = 0; in < first; in++) {
      int k = (channel * first + in) * Shape.TAPS;
      int at = in * PLANE1 + winners2[feature];
      for (int tap = 0; tap < Shape.TAPS; tap++) {
        int i = at + tap / 3 * NARROW + tap % 3;
        gradient.kernel2[k + tap] += back * middle[i];
        middleGradient[i] += back * network.kernel2[k + tap];
      }
    }
  }

  private void backThroughFirst(int cell, Network gradient) {
    int channel = cell / CELLS1;
    int row = cell % CELLS1 / Shape.MIDDLE;
    int column = cell % Shape.MIDDLE;
    int i = channel * PLANE1 + (row + 1) * NARROW + column + 1;
    float back = middleGradient[i];
    if (middle[i] <= 0 || back == 0) {
      return;
    }
    gradient.bias1[channel] += back;
    for (int tap = 0; tap < Shape.TAPS; tap++) {
      gradient.kernel1[channel * Shape.TAPS + tap] +=
          back * image[winners1[cell] + tap / 3 * WIDE + tap % 3];
    }
  }
}

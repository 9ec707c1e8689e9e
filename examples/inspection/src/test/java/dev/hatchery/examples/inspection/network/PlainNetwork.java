package dev.hatchery.examples.inspection.network;

/** The network once more, as its definition reads: nested loops, double precision, no tricks. */
final class PlainNetwork {
  private final Network network;

  PlainNetwork(Network network) {
    this.network = network;
  }

  /** The cross-entropy loss of one tile. */
  double loss(float[] pixels, int truth) {
    double[][][] image = new double[1][Shape.SIDE][Shape.SIDE];
    for (int i = 0; i < pixels.length; i++) {
      image[0][i / Shape.SIDE][i % Shape.SIDE] = pixels[i];
    }
    double[][][] middle = layer(image, network.kernel1, network.bias1, 2);
    double[][][] last = layer(middle, network.kernel2, network.bias2, 4);
    double[] logits = logits(last);
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    return Math.log(sum) - logits[truth];
  }

  private static double[][][] layer(double[][][] in, float[] kernel, float[] bias, int pool) {
    int side = in[0].length;
    double[][][] out = new double[bias.length][side / pool][side / pool];
    for (int c = 0; c < bias.length; c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double value = convolved(in, kernel, c, y, x) + bias[c];
          double[] row = out[c][y / pool];
          // Starting from zero, the largest value of a window has passed the ReLU.
          row[x / pool] = Math.max(row[x / pool], value);
        }
      }
    }
    return out;
  }

  private static double convolved(double[][][] in, float[] kernel, int c, int y, int x) {
    double sum = 0;
    for (int i = 0; i < in.length; i++) {
      for (int tap = 0; tap < Shape.TAPS; tap++) {
        int row = y + tap / 3 - 1;
        int column = x + tap % 3 - 1;
        boolean inside = row >= 0 && row < in[i].length && column >= 0 && column < in[i].length;
        sum += inside ? kernel[(c * in.length + i) * Shape.TAPS + tap] * in[i][row][column] : 0;
      }
    }
    return sum;
  }

  private double[] logits(double[][][] last) {
    double[] logits = new double[Shape.CLASSES];
    for (int c = 0; c < Shape.CLASSES; c++) {
      logits[c] = network.bias3[c];
      for (int f = 0; f < network.shape().features(); f++) {
        int cell = f % (Shape.LAST * Shape.LAST);
        double feature = last[f / (Shape.LAST * Shape.LAST)][cell / Shape.LAST][cell % Shape.LAST];
        logits[c] += feature * network.dense[f * Shape.CLASSES + c];
      }
    }
    return logits;
  }
}

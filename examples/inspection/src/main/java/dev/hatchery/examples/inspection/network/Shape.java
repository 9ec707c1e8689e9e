package dev.hatchery.examples.inspection.network;

import dev.hatchery.examples.inspection.surface.Tile;

/**
 * How wide the network is: channels of the first and of the second convolution. Everything else is
 * fixed: 32x32 grey input, 3x3 convolutions with padding 1, pooling by 2 and then by 4, one dense
 * layer to four classes.
 */
public record Shape(int first, int second) {
  /** Side of a tile in pixels. */
  public static final int SIDE = Tile.SIDE;

  /** Side of the first convolution's output after pooling. */
  public static final int MIDDLE = SIDE / 2;

  /** Side of the second convolution's output after pooling. */
  public static final int LAST = MIDDLE / 4;

  public static final int CLASSES = 4;

  /** Weights of one 3x3 kernel. */
  public static final int TAPS = 9;

  private static final int CHANNELS_MAX = 512;

  public Shape {
    if (first < 1 || first > CHANNELS_MAX || second < 1 || second > CHANNELS_MAX) {
      throw new IllegalArgumentException(
          "channels must be 1 to " + CHANNELS_MAX + ": " + first + ", " + second);
    }
  }

  /** Values that enter the dense layer. */
  public int features() {
    return second * LAST * LAST;
  }

  /** Multiplications of one tile's forward pass, the honest measure of how slow a network is. */
  public long multiplications() {
    return (long) SIDE * SIDE * TAPS * first
        + (long) MIDDLE * MIDDLE * TAPS * first * second
        + (long) features() * CLASSES;
  }
}

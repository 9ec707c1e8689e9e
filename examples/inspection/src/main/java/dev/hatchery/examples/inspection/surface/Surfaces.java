package dev.hatchery.examples.inspection.surface;

import java.util.List;

/**
 * An endless, seeded series of tiles. The n-th tile depends on the seed and n alone, so two series
 * with different seeds share no tile, and any part of a series can be made again.
 *
 * @param lowLightShare part of the tiles that are taken in too little light, 0 to 1
 */
public record Surfaces(long seed, float lowLightShare) {
  private static final List<SurfaceClass> ALL = List.of(SurfaceClass.values());
  private static final float PI = (float) StrictMath.PI;
  private static final float NOISE = 0.06f;

  public Surfaces {
    if (!(lowLightShare >= 0 && lowLightShare <= 1)) {
      throw new IllegalArgumentException("lowLightShare must be 0 to 1: " + lowLightShare);
    }
  }

  /** The n-th tile; each class is equally likely. */
  public Tile tile(long n) {
    Dice dice = Dice.of(seed, n);
    SurfaceClass truth = dice.pick(ALL);
    boolean lowLight = dice.uniform() < lowLightShare;
    return tile(truth, lowLight, dice);
  }

  /**
   * The n-th tile of a series in which the caller decides what is to be seen and in which light.
   */
  public Tile tile(long n, SurfaceClass truth, boolean lowLight) {
    return tile(truth, lowLight, Dice.of(seed, n));
  }

  private static Tile tile(SurfaceClass truth, boolean lowLight, Dice dice) {
    var canvas = new Canvas();
    canvas.metal(0.5f + 0.08f * dice.noise(), dice.between(0, PI));
    float x = dice.between(8, 24);
    float y = dice.between(8, 24);
    switch (truth) {
      case OK -> {}
      case SCRATCH -> scratch(canvas, x, y, dice);
      case DENT -> canvas.dent(x, y, dice.between(3, 6), dice.between(0.2f, 0.4f));
      case STAIN -> canvas.stain(x, y, dice.between(3, 7), dice.between(0.15f, 0.35f));
    }
    float gain = lowLight ? dice.between(0.5f, 0.8f) : 1;
    return new Tile(truth, canvas.expose(gain, NOISE, dice));
  }

  /** Bright or dark, as the light falls into it. */
  private static void scratch(Canvas canvas, float x, float y, Dice dice) {
    float depth = dice.between(0.2f, 0.4f);
    float sign = dice.uniform() < 0.5f ? -1 : 1;
    canvas.scratch(x, y, dice.between(0, PI), dice.between(8, 16), sign * depth);
  }
}

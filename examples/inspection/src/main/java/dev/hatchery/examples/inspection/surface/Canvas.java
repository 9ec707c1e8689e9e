package dev.hatchery.examples.inspection.surface;

/**
 * A tile while it is painted. StrictMath throughout: its results are the same on every machine,
 * Math's need not be.
 */
final class Canvas {
  private static final int SIDE = Tile.SIDE;
  private static final float GRAIN = 0.05f;
  private static final float WAVES_PER_PIXEL = 0.65f;

  /**
   * Grey steps of the camera: three decimals name each of them, which keeps samples short when
   * written as JSON.
   */
  private static final float STEPS = 250f;

  private final float[] pixels = new float[Tile.PIXELS];

  /** Rolled metal: an even grey, fine waves in one direction. */
  void metal(float grey, float direction) {
    double u = StrictMath.cos(direction) * WAVES_PER_PIXEL;
    double v = StrictMath.sin(direction) * WAVES_PER_PIXEL;
    float[] sinX = new float[SIDE];
    float[] cosX = new float[SIDE];
    for (int x = 0; x < SIDE; x++) {
      sinX[x] = (float) StrictMath.sin(u * x);
      cosX[x] = (float) StrictMath.cos(u * x);
    }
    for (int y = 0; y < SIDE; y++) {
      float sinY = (float) StrictMath.sin(v * y);
      float cosY = (float) StrictMath.cos(v * y);
      for (int x = 0; x < SIDE; x++) {
        pixels[y * SIDE + x] = grey + GRAIN * (sinX[x] * cosY + cosX[x] * sinY);
      }
    }
  }

  /** A straight line through (x, y); each pixel it meets is changed once. */
  void scratch(float x, float y, float direction, float halfLength, float depth) {
    float dx = (float) StrictMath.cos(direction);
    float dy = (float) StrictMath.sin(direction);
    int last = -1;
    for (float t = -halfLength; t <= halfLength; t += 0.3f) {
      int px = StrictMath.round(x + t * dx);
      int py = StrictMath.round(y + t * dy);
      int at = py * SIDE + px;
      if (px >= 0 && px < SIDE && py >= 0 && py < SIDE && at != last) {
        pixels[at] += depth;
        last = at;
      }
    }
  }

  /** Pressed in: bright on one side of (x, y), dark on the other, as side light shows it. */
  void dent(float x, float y, float radius, float depth) {
    float[] acrossX = bell(x, radius);
    float[] acrossY = bell(y, radius);
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        float slope = (column - x) / radius;
        pixels[row * SIDE + column] += slope * depth * acrossX[column] * acrossY[row];
      }
    }
  }

  /** A dark blot around (x, y). */
  void stain(float x, float y, float radius, float depth) {
    float[] acrossX = bell(x, radius);
    float[] acrossY = bell(y, radius);
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        pixels[row * SIDE + column] -= depth * acrossX[column] * acrossY[row];
      }
    }
  }

  /**
   * What the sensor makes of it: less light, its own noise, whole grey steps from black to white.
   */
  float[] expose(float gain, float noise, Dice dice) {
    for (int i = 0; i < pixels.length; i++) {
      float value = pixels[i] * gain + noise * dice.noise();
      pixels[i] = (int) (StrictMath.clamp(value, 0f, 1f) * STEPS + 0.5f) / STEPS;
    }
    return pixels;
  }

  private static float[] bell(float centre, float radius) {
    float[] bell = new float[SIDE];
    for (int i = 0; i < SIDE; i++) {
      float distance = i - centre;
      bell[i] = (float) StrictMath.exp(-distance * distance / (2 * radius * radius));
    }
    return bell;
  }
}

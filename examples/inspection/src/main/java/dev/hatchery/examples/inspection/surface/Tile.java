package dev.hatchery.examples.inspection.surface;

/**
 * One grey tile with its truth: {@link #SIDE} x {@link #SIDE} pixels in row order, each 0 (black)
 * to 1 (white).
 */
public final class Tile {
  /** Pixels per side. */
  public static final int SIDE = 32;

  /** Pixels per tile. */
  public static final int PIXELS = SIDE * SIDE;

  private final SurfaceClass truth;
  private final float[] pixels;

  Tile(SurfaceClass truth, float[] pixels) {
    if (pixels.length != PIXELS) {
      throw new IllegalArgumentException("a tile has " + PIXELS + " pixels, not " + pixels.length);
    }
    this.truth = truth;
    this.pixels = pixels;
  }

  public SurfaceClass truth() {
    return truth;
  }

  /** Copies the pixels to {@code target} from {@code at} on. */
  public void copyTo(float[] target, int at) {
    System.arraycopy(pixels, 0, target, at, PIXELS);
  }
}

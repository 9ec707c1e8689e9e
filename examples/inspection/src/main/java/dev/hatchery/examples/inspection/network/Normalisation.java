package dev.hatchery.examples.inspection.network;

/**
 * How pixels become the network's input, {@code (pixel - MEAN) * SCALE}; the model file says the
 * same in its metadata.
 */
public final class Normalisation {
  public static final float MEAN = 0.5f;
  public static final float SCALE = 2f;

  private Normalisation() {}

  static void apply(float[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (pixels[i] - MEAN) * SCALE;
    }
  }
}

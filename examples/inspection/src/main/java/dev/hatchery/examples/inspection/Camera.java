package dev.hatchery.examples.inspection;

import dev.hatchery.examples.inspection.surface.Dice;
import dev.hatchery.examples.inspection.surface.SurfaceClass;
import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;
import dev.hatchery.runner.InputSource;
import dev.hatchery.runner.ort.Tensor;
import java.util.List;

/**
 * A camera above a belt, generated: frames of 512 x 384 pixels, cut into 192 tiles that are sent as
 * one batch. Most tiles are fine; one frame in eight is taken in low light. A frame depends on the
 * seed and its number alone.
 *
 * <p>Frames are put together from two stocks of tiles made when the camera is opened: painting each
 * frame anew would cost as much time as the model takes to look at it.
 */
public final class Camera implements InputSource {
  /** Tiles per frame. */
  public static final int TILES = (512 / Tile.SIDE) * (384 / Tile.SIDE);

  private static final List<Integer> SHAPE = List.of(TILES, 1, Tile.SIDE, Tile.SIDE);
  private static final int STOCK = 256;
  private static final int LOW_LIGHT_EVERY = 8;
  private static final float FINE_SHARE = 0.85f;

  @Override
  public String name() {
    return "inspection";
  }

  @Override
  public Frames open(long seed) {
    float[] bright = stock(seed, false);
    float[] dark = stock(seed, true);
    return index -> {
      Dice dice = Dice.of(seed, index);
      float[] stock = dice.below(LOW_LIGHT_EVERY) == 0 ? dark : bright;
      float[] frame = new float[TILES * Tile.PIXELS];
      for (int tile = 0; tile < TILES; tile++) {
        System.arraycopy(
            stock, dice.below(STOCK) * Tile.PIXELS, frame, tile * Tile.PIXELS, Tile.PIXELS);
      }
      return new Tensor(SHAPE, frame);
    };
  }

  private static float[] stock(long seed, boolean lowLight) {
    var surfaces = new Surfaces(Dice.of(seed, lowLight ? -1 : -2).next(), 0);
    float[] stock = new float[STOCK * Tile.PIXELS];
    List<SurfaceClass> faults =
        List.of(SurfaceClass.SCRATCH, SurfaceClass.DENT, SurfaceClass.STAIN);
    for (int i = 0; i < STOCK; i++) {
      boolean fine = i < STOCK * FINE_SHARE;
      SurfaceClass truth = fine ? SurfaceClass.OK : faults.get(i % faults.size());
      surfaces.tile(i, truth, lowLight).copyTo(stock, i * Tile.PIXELS);
    }
    return stock;
  }
}

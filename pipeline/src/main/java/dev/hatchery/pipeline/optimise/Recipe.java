package dev.hatchery.pipeline.optimise;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/**
 * How a model is optimised.
 *
 * @param block how many weights of a column share a scale, for {@link Goal#INT4}
 */
public record Recipe(Goal goal, Prune prune, Policy policy, Calibration ranges, int block) {
  /** What the reference measured with. */
  public static final int DEFAULT_BLOCK = 32;

  private static final int BLOCK_MIN = 16;
  private static final int BLOCK_MAX = 256;

  public Recipe {
    if (block < BLOCK_MIN || block > BLOCK_MAX || Integer.bitCount(block) != 1) {
      throw Refusal.of(Code.BAD_INPUT, "weights cannot be put in such blocks")
          .expected("a power of two from " + BLOCK_MIN + " to " + BLOCK_MAX)
          .got(block);
    }
    if (goal == Goal.FLOAT && prune instanceof Prune.Nothing) {
      throw Refusal.of(Code.BAD_INPUT, "nothing is asked for")
          .expected("a goal, or something to prune");
    }
  }
}

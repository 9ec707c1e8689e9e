package dev.hatchery.pipeline.optimise;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/** What is taken out of a model before its numbers are made smaller. */
public sealed interface Prune {
  /** Nothing. */
  record Nothing() implements Prune {}

  /** The smallest share of each layer's weights become zero. */
  record Smallest(double share) implements Prune {
    public Smallest {
      if (!(share > 0 && share < 1)) {
        throw Refusal.of(Code.BAD_INPUT, "so much cannot be pruned")
            .expected("a share between 0 and 1")
            .got(share);
      }
    }
  }

  /** Of each four weights two become zero. */
  record TwoOfFour() implements Prune {}

  /** Whole output channels of the smallest weights are removed, and what reads them. */
  record OutputChannels(double share) implements Prune {
    public OutputChannels {
      if (!(share > 0 && share < 1)) {
        throw Refusal.of(Code.BAD_INPUT, "so much cannot be pruned")
            .expected("a share between 0 and 1")
            .got(share);
      }
    }
  }
}

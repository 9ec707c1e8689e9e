package dev.hatchery.pipeline.optimise;

/** What a model's numbers become. */
public enum Goal {
  /** They stay as they are. */
  FLOAT,
  /** Weights of eight bits, computed in floats. */
  INT8_WEIGHT,
  /** Matrix products in whole numbers, with ranges found as the model runs. */
  INT8_DYNAMIC,
  /** Layers in whole numbers, with ranges found by calibration. */
  INT8_STATIC,
  /** Weights of matrix products of four bits. */
  INT4,
  /** Weights stored as 16-bit floats. */
  FP16
}

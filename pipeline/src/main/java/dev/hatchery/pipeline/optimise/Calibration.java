package dev.hatchery.pipeline.optimise;

/** How the ends of an activation's range are found on data. */
public enum Calibration {
  /** The least and the most that was seen. */
  MIN_MAX,
  /** What all but one value in ten thousand lie between: few outliers do not widen it. */
  PERCENTILE
}

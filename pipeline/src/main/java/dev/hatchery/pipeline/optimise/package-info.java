/**
 * Makes a model smaller or faster after its training: weights of eight and four bits, dynamic and
 * static quantisation, halves, pruning. The rewrites are those of the optimisation reference; each
 * is a function of model, options and calibration data alone, so that the same inputs give the same
 * bytes.
 *
 * <p>The door is {@link dev.hatchery.pipeline.optimise.Optimiser}. It checks with ONNX Runtime,
 * through {@code runner.ort}, what every rewrite did to the answers, and says what was left alone
 * and why. It never decides that a model is good enough: that is for validation.
 */
@NullMarked
package dev.hatchery.pipeline.optimise;

import org.jspecify.annotations.NullMarked;

/**
 * The only room that knows ONNX Runtime: model bytes in, class probabilities out.
 *
 * <p>{@link dev.hatchery.runner.ort.OnnxModel} is a loaded model: one float input whose first
 * dimension is the batch, one float output with a row of probabilities per batch entry. It reads
 * labels and normalisation from the model's own metadata, so that a service needs nothing but the
 * file. {@link dev.hatchery.runner.ort.Tensor} is what goes in, {@link
 * dev.hatchery.runner.ort.Scores} what comes out, and {@link
 * dev.hatchery.runner.ort.NativeLibraries} keeps the native code in one place. One thread computes,
 * always: on a small device more threads would only take the cores from each other.
 */
@NullMarked
package dev.hatchery.runner.ort;

import org.jspecify.annotations.NullMarked;

/**
 * Finds the smallest patch between two files: {@link dev.hatchery.delta.make.DeltaMaker}. What it
 * knows of models it has from {@code formats}; where the tensors are, and which scales belong to
 * them. Tensors are paired by name, by content, by shape; each is coded against whatever predicts
 * it best, which is found by trying. Everything between the tensors, and a file of no known format,
 * is matched like any bytes.
 */
@NullMarked
package dev.hatchery.delta.make;

import org.jspecify.annotations.NullMarked;

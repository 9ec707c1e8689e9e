/**
 * Data that models are run on: arrays in files of NumPy's format, one entry of a batch at a time.
 */
@NullMarked
package dev.hatchery.pipeline.data;

import org.jspecify.annotations.NullMarked;

/**
 * A small vision model trained from nothing, with everything it needs: it tells scratches, dents
 * and stains from sound metal on grey tiles of 32 x 32 pixels.
 *
 * <p>{@link dev.hatchery.examples.inspection.Releases} trains the three releases of the demo and
 * writes them as ONNX, {@link dev.hatchery.examples.inspection.HeldOut} is the CI data, {@link
 * dev.hatchery.examples.inspection.GoldenTiles} makes the golden samples that travel with a model,
 * and {@link dev.hatchery.examples.inspection.Camera} is what a device looks through. All of it is
 * seeded and takes one thread; a model comes out byte for byte the same on every machine.
 */
@NullMarked
package dev.hatchery.examples.inspection;

import org.jspecify.annotations.NullMarked;

/**
 * Pictures of metal, and their truth, made by chance with a seed.
 *
 * <p>{@link dev.hatchery.examples.inspection.surface.Surfaces} is an endless series of tiles, each
 * known by its number. Nothing here differs from machine to machine: chance is {@link
 * dev.hatchery.examples.inspection.surface.Dice}, sines and exponentials are StrictMath's.
 */
@NullMarked
package dev.hatchery.examples.inspection.surface;

import org.jspecify.annotations.NullMarked;

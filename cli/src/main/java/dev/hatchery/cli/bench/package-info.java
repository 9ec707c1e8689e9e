/**
 * Measures patches against the tools that people use otherwise.
 *
 * <p>{@link dev.hatchery.cli.bench.Pairs} finds the pairs of a folder, {@link
 * dev.hatchery.cli.bench.Bench} makes a {@link dev.hatchery.cli.bench.Row} of each: our patch,
 * made, applied and compared by hash, and those of the {@link dev.hatchery.cli.bench.Tool}s that
 * are installed. {@link dev.hatchery.cli.bench.Goal} says what was aimed at. {@link
 * dev.hatchery.cli.bench.ApplyMeter} is the program that applies a patch in a process of its own,
 * so that its memory is nobody else's.
 */
@NullMarked
package dev.hatchery.cli.bench;

import org.jspecify.annotations.NullMarked;

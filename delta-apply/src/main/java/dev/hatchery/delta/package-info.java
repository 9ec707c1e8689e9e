/**
 * The delta container and its decoder: what a device carries. A patch turns one file (the base,
 * which may be empty) into another; {@code docs/delta-format.md} is the format, complete enough to
 * write a second decoder from.
 *
 * <p>{@link dev.hatchery.delta.Decoder} reads a patch frame by frame, forward, and can go on after
 * any frame; {@link dev.hatchery.delta.PatchFile} does it for files. Everything a patch says is
 * checked before it is obeyed: what is wrong with it is a {@link dev.hatchery.delta.BadPatch}.
 * {@link dev.hatchery.delta.LaneModel} and {@link dev.hatchery.delta.Prediction} are the arithmetic
 * that encoder and decoder share.
 */
@NullMarked
package dev.hatchery.delta;

import org.jspecify.annotations.NullMarked;

/**
 * Tests of the encoder: what it makes is applied with the decoder and compared. {@code Vectors}
 * makes the files that a second decoder is tested with.
 */
@NullMarked
package dev.hatchery.delta.make;

import org.jspecify.annotations.NullMarked;

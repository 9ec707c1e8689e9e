/**
 * How the vocabulary looks on the wire. {@link dev.hatchery.wire.Wire} lists a {@link
 * dev.hatchery.wire.Codec} for every document and message; the operator API's views are in {@code
 * api}.
 *
 * <p>JSON is written compactly with fields in a fixed order, so the same value always has the same
 * bytes. That is what digests and ETags stand on; signatures are over the bytes as they came, never
 * over a re-encoding.
 */
@NullMarked
package dev.hatchery.wire;

import org.jspecify.annotations.NullMarked;

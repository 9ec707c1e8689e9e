/**
 * A document as a tree: what JSON and YAML have in common, with the place every node came from.
 *
 * <p>One decoder reads a value from a {@link dev.hatchery.wire.tree.Node}, whichever language it
 * was written in, through {@link dev.hatchery.wire.tree.Fields}: strict (an unknown field is
 * refused, with the nearest known word), bounded, and with errors that name file, line and path.
 * Encoders build trees with {@link dev.hatchery.wire.tree.Tree}; fields keep the order in which
 * they were put, so the same value always gives the same bytes.
 */
@NullMarked
package dev.hatchery.wire.tree;

import org.jspecify.annotations.NullMarked;

/**
 * The classifier as weights, and how they are found.
 *
 * <p>{@link dev.hatchery.examples.inspection.network.Network} holds the weights, {@link
 * dev.hatchery.examples.inspection.network.Training} finds them by gradient descent in plain loops
 * on one thread, {@link dev.hatchery.examples.inspection.network.Widening} makes a network larger
 * without changing its answers. Float arithmetic is exact by the language's rules since Java 17;
 * only Math's transcendental functions may differ between machines, so StrictMath stands in for
 * them.
 */
@NullMarked
package dev.hatchery.examples.inspection.network;

import org.jspecify.annotations.NullMarked;

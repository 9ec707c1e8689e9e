/**
 * Hatchery's vocabulary: what is shipped (manifest, release), to whom (device, labels, selector),
 * in which order (rollout spec), what a device is told (desired state) and what it answers
 * (report), and whom it believes (trust, policy).
 *
 * <p>Everything here is an immutable value that refuses nonsense in its constructor, so that no
 * other room has to check twice: parse once, at the edge. The room knows the JDK only; how the
 * values look as JSON or YAML is {@code wire}'s business, what is decided from them {@code
 * rollout}'s.
 */
@NullMarked
package dev.hatchery.core;

import org.jspecify.annotations.NullMarked;

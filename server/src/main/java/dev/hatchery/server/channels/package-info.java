/**
 * What devices follow: a channel of a slot names a release, its head. Rollouts move heads forward;
 * the heads before are kept as a stack, so that a channel can be taken back.
 *
 * <p>A device that joins is ordered its channels' heads. Whoever is under a rollout is that
 * rollout's business until it is over.
 */
@NullMarked
package dev.hatchery.server.channels;

import org.jspecify.annotations.NullMarked;

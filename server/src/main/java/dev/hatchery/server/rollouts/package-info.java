/**
 * Rollouts: {@code dev.hatchery.rollout} decides, this room carries out. New reports and the
 * passing of time go into the engine; what comes out becomes one transaction: the rollout's next
 * state by compare-and-swap, the decision with a hash of its inputs, the audit record, the orders
 * of every device that is commanded, the channel's head.
 *
 * <p>How far the evidence was counted is part of the state, so a server that dies at any point goes
 * on where the last commit left it: no report counts twice, no device is ordered by half.
 */
@NullMarked
package dev.hatchery.server.rollouts;

import org.jspecify.annotations.NullMarked;

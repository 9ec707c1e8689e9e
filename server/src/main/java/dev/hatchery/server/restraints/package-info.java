/**
 * Pins, holds and freezes: what operators put in the way of rollouts. They are few, so all are kept
 * in memory, in step with the table; {@link dev.hatchery.server.restraints.RestraintStore} answers
 * what is in force. Nothing is decided here: rollouts ask. Putting one there and taking it away are
 * audited; what is over is forgotten.
 */
@NullMarked
package dev.hatchery.server.restraints;

import org.jspecify.annotations.NullMarked;

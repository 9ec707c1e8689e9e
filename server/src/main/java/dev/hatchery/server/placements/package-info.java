/**
 * What operators have put devices on by hand, one by one: a rollback to what they had before, or a
 * pin to a release that is named. {@link dev.hatchery.server.placements.PlacementStore} keeps each
 * until it is let go and every device is where its channel is, in memory as well, so that rollouts
 * can ask who is not theirs. A placement has the number of its pin. What a placement leads to is
 * done elsewhere.
 */
@NullMarked
package dev.hatchery.server.placements;

import org.jspecify.annotations.NullMarked;

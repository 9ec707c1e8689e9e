/**
 * What devices do by chance: {@link dev.hatchery.lab.chance.Chance} draws from the distributions
 * that they follow, out of a seed, so that whatever was drawn can be drawn again.
 */
@NullMarked
package dev.hatchery.lab.chance;

import org.jspecify.annotations.NullMarked;

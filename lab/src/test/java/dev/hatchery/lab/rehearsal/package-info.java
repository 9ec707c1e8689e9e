/** Rehearsals of fleets that are written down by hand. */
@NullMarked
package dev.hatchery.lab.rehearsal;

import org.jspecify.annotations.NullMarked;

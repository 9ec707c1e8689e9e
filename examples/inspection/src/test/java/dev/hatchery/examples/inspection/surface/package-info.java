/** Tests of the room of the same name. */
@NullMarked
package dev.hatchery.examples.inspection.surface;

import org.jspecify.annotations.NullMarked;

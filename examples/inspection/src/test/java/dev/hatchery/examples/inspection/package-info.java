/** Tests of the room of the same name. */
@NullMarked
package dev.hatchery.examples.inspection;

import org.jspecify.annotations.NullMarked;

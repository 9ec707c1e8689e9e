/** Whether what is drawn follows what it is drawn from. */
@NullMarked
package dev.hatchery.lab.chance;

import org.jspecify.annotations.NullMarked;

/** Neighbours that are real, on loopback; their faults are made by what stands on their shelves. */
@NullMarked
package dev.hatchery.agent.peer;

import org.jspecify.annotations.NullMarked;

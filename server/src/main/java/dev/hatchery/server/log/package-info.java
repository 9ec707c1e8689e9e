/**
 * Structured logs: one line per event, an event's name and {@code key=value} pairs, through {@link
 * System.Logger}.
 *
 * <p>A value is quoted where it has to be and never contains a line break, so that nothing that
 * came over the network can forge a line. Secrets are never passed in; {@code Secret} prints as
 * {@code ***} should one slip through.
 */
@NullMarked
package dev.hatchery.server.log;

import org.jspecify.annotations.NullMarked;

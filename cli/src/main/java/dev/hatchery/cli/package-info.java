/**
 * {@code hatchery}, the command line: thin. A command reads its arguments, calls the room that does
 * the work, and prints.
 *
 * <p>Every command prints for people, or JSON with {@code --json}; a refusal is one line on
 * standard error and the exit status of its {@link dev.hatchery.core.Code}. Secrets come from files
 * or the environment, never from arguments.
 */
@NullMarked
package dev.hatchery.cli;

import org.jspecify.annotations.NullMarked;

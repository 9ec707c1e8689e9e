/**
 * agent.yaml, read once at the start.
 *
 * <p>{@link dev.hatchery.agent.config.AgentConfig} is the file as a value; whatever is wrong in it
 * is refused with file, line and path. {@link dev.hatchery.agent.config.Facts} adds what the device
 * can see of itself. Both look at the world through a root folder, so that a test can bring its
 * own.
 */
@NullMarked
package dev.hatchery.agent.config;

import org.jspecify.annotations.NullMarked;

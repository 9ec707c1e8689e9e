package dev.hatchery.wire.api;

import dev.hatchery.core.Restraint;
import java.time.Instant;

/**
 * A restraint that is kept.
 *
 * @param id names it, to take it away
 * @param by who put it there
 */
public record RestraintView(long id, Restraint restraint, String by, Instant at) {}

package dev.hatchery.wire.api;

import dev.hatchery.core.Restraint;
import java.time.Instant;
import java.util.Optional;

/**
 * A restraint that is kept.
 *
 * @param id names it, to take it away
 * @param by who put it there
 * @param owner the other updater that asked for it, where it is a permit
 */
public record RestraintView(
    long id, Restraint restraint, String by, Instant at, Optional<String> owner) {}

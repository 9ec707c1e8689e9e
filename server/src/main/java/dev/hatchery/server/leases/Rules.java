package dev.hatchery.server.leases;

import dev.hatchery.core.Limits;

/**
 * What holds at the moment of a question.
 *
 * @param reported bytes that the uplink's devices have reported for this billing month; the cap
 *     looks at these where they are more than leases know
 */
record Rules(Limits limits, long reported) {}

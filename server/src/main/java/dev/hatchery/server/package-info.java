/**
 * The control plane as a program. {@link dev.hatchery.server.Main} reads the options, {@link
 * dev.hatchery.server.Server} puts the rooms together by hand: read its one method to see who knows
 * whom.
 *
 * <p>Rooms are by feature, each with its routes, its store and its types, and stand on each other
 * in this order: {@code log, db, http}; {@code audit, api, auth}; {@code trust, releases, devices};
 * {@code orders, channels, telemetry}; {@code rollouts, fleet, registry}; {@code metrics} and
 * {@code console} beside them. What is durable is in the data folder and nowhere else.
 */
@NullMarked
package dev.hatchery.server;

import org.jspecify.annotations.NullMarked;

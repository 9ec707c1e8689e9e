/**
 * Who may use the uplink now. A device asks before it downloads; what it gets is a lease, or a time
 * to come back with the reason. Leases bound downloads whoever serves the bytes: this server, a
 * cache, a CDN or a bucket.
 *
 * <p>{@link dev.hatchery.server.leases.LeaseBook} decides, without a clock, a disk or a thread of
 * its own; {@link dev.hatchery.server.leases.Leases} is the door: it knows orders, windows and the
 * database, and lets one caller at a time at the book. Leases live in memory and end by themselves;
 * bytes used are on disk before an answer leaves, so that a restart forgets no budget.
 */
@NullMarked
package dev.hatchery.server.leases;

import org.jspecify.annotations.NullMarked;

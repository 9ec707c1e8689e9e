/**
 * What bytes were spent. {@link dev.hatchery.server.bytes.Accounts} counts what reports say: bodies
 * by source from the orders' running totals, and all that the agents' connections carried, by
 * device and billing month; a report counts once, in the transaction that takes it. {@link
 * dev.hatchery.server.bytes.SpentStore} keeps what leases have used, by uplink and day.
 *
 * <p>{@link dev.hatchery.server.bytes.MonthlyCaps} refuses a rollout whose {@link
 * dev.hatchery.server.bytes.ExpectedCost} would break a site's cap.
 */
@NullMarked
package dev.hatchery.server.bytes;

import org.jspecify.annotations.NullMarked;

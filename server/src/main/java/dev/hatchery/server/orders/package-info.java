/**
 * What each device is told: its desired state, one order a slot, signed by the director with a
 * counter that only rises.
 *
 * <p>{@link dev.hatchery.server.orders.Orders} changes them, always inside the transaction of the
 * decision behind it; {@link dev.hatchery.server.orders.Board} shows them, from memory, to devices
 * that poll, and keeps those waiting who have the newest already.
 */
@NullMarked
package dev.hatchery.server.orders;

import org.jspecify.annotations.NullMarked;

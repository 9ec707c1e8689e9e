/**
 * Whether the uplink may be used now, and how fast.
 *
 * <p>{@link dev.hatchery.agent.uplink.Schedule} says from an order's delivery, the time and the
 * device's place what must wait and until when; it is a pure function. {@link
 * dev.hatchery.agent.uplink.Uplink} asks the server for a lease before a large download, renews it,
 * and holds the rate and the bytes that were granted, by a {@link
 * dev.hatchery.agent.uplink.RateLimit}. Nothing here sleeps: whoever may not go on is told for how
 * long, and comes back.
 */
@NullMarked
package dev.hatchery.agent.uplink;

import org.jspecify.annotations.NullMarked;

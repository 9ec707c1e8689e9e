/**
 * {@code GET /api/v1/devices/{id}/explain}: how a device will get the bytes of what it is ordered,
 * and why, in words, from what the server knows. Nothing is decided here; the device makes its own
 * plan. What other rooms know that bears on it, they add as {@link
 * dev.hatchery.server.explain.Remarks}.
 */
@NullMarked
package dev.hatchery.server.explain;

import org.jspecify.annotations.NullMarked;

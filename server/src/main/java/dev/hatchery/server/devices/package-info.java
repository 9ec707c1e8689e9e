/**
 * Which devices belong to the fleet, and how they get in: a token that an operator made, a key that
 * the device made itself, and from then on assertions signed by that key.
 *
 * <p>A device is what it was when it enrolled: its key, labels and slots. What it reports is {@code
 * telemetry}'s business, what it is told {@code orders}'. The whole fleet is kept in memory as
 * well, so that a knock at the door costs no database.
 */
@NullMarked
package dev.hatchery.server.devices;

import org.jspecify.annotations.NullMarked;

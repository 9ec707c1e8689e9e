/**
 * The server's device API ({@code /device/v1} and blobs), as a device uses it.
 *
 * <p>{@link dev.hatchery.agent.api.DeviceApi} has a method for each call and knows no more than the
 * wire: what comes back is bytes and envelopes, and whether to believe them is decided elsewhere.
 * {@link dev.hatchery.agent.api.Identity} is the device's key; {@link
 * dev.hatchery.agent.api.Tokens} turns it into the short-lived access token that a request needs.
 */
@NullMarked
package dev.hatchery.agent.api;

import org.jspecify.annotations.NullMarked;

/**
 * Patches, so that devices fetch fewer bytes. What devices report to hold says from which files
 * they could come; {@link dev.hatchery.server.deltas.Needs} counts that, one low thread makes the
 * most wanted ({@code Workshop}, {@code Bench}), and each is proved by applying it before it is
 * stored beside the blobs and offered at {@code /device/v1/deltas}.
 *
 * <p>{@link dev.hatchery.server.deltas.Deltas} is the door. A patch is a hint: nothing waits for it
 * for ever, none is offered that is no smaller than the file, and the manifest's hash decides on
 * the device.
 */
@NullMarked
package dev.hatchery.server.deltas;

import org.jspecify.annotations.NullMarked;

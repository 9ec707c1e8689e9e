/**
 * Bundles on the device's disk.
 *
 * <p>{@link dev.hatchery.agent.store.Blobs} holds bytes by digest; a {@link
 * dev.hatchery.agent.store.Slot} holds verified bundles in {@code v/<manifest digest>} and the
 * links {@code current}, {@code lkg} and {@code prev}; {@link dev.hatchery.agent.store.Staging}
 * makes the one from the other, and {@link dev.hatchery.agent.store.Installed} reads a bundle back
 * and says whether it is still what its manifest says. {@link dev.hatchery.agent.store.Download}
 * brings a blob in pieces that survive a power cut; {@link dev.hatchery.agent.store.Store} knows
 * all slots, and therefore what may be thrown away.
 */
@NullMarked
package dev.hatchery.agent.store;

import org.jspecify.annotations.NullMarked;

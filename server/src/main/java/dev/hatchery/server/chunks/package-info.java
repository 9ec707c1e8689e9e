/**
 * What each piece of a blob hashes to, for devices that fetch from each other.
 *
 * <p>A peer is not believed. The manifest's digest finds a lie when the whole file is here, and
 * that is late; with {@link dev.hatchery.wire.ChunkList} a lie costs one piece. A list is made when
 * the first device asks for it: the blob is read once, by one thread, its own digest checked on the
 * way, and the list is kept in memory as long as there is room. {@link
 * dev.hatchery.server.chunks.ChunkRoutes} gives it to the devices that may fetch the blob, and to
 * nobody else.
 */
@NullMarked
package dev.hatchery.server.chunks;

import org.jspecify.annotations.NullMarked;

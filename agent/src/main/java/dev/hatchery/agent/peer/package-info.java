/**
 * Devices of one site give each other verified blobs, so that a file crosses the uplink once.
 *
 * <p>{@link dev.hatchery.agent.peer.Peers} is the room's door: it serves what {@link
 * dev.hatchery.agent.peer.Shelf} holds, finds neighbours as {@link dev.hatchery.agent.peer.Peering}
 * says, and fetches from them. Nobody is believed. Each piece is judged by a list that comes from
 * the server ({@link dev.hatchery.agent.peer.ChunkSource}), the whole by the manifest. A digest
 * never crosses the LAN: files are asked for by a name and sent under a key that are both made from
 * it, so only who knows the digest gets the file (docs/adr/0007). A neighbour that lies costs one
 * piece and is left alone for an hour. Everything a stranger can make the agent hold, wait for or
 * send has a limit.
 */
@NullMarked
package dev.hatchery.agent.peer;

import org.jspecify.annotations.NullMarked;

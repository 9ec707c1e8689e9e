package dev.hatchery.agent.store;

import dev.hatchery.agent.uplink.LeaseDesk;

/**
 * Everything that bytes can come from, and what is asked before they do.
 *
 * @param blobs the server, or what stands before it
 */
public record Sources(BlobSource blobs, PeerSource peers, DeltaSource deltas, LeaseDesk leases) {}

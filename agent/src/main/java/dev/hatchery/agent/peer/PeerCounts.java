package dev.hatchery.agent.peer;

import java.util.List;

/**
 * What passed between this device and its neighbours since the agent's start, in bytes.
 *
 * @param fetched pieces that were right
 * @param wasted pieces that were not
 * @param served bodies that went out
 */
public record PeerCounts(long fetched, long wasted, long served, List<Neighbour> neighbours) {
  public PeerCounts {
    neighbours = List.copyOf(neighbours);
  }
}

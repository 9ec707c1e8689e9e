package dev.hatchery.server.channels;

import dev.hatchery.core.Name;

/** A channel belongs to a slot; two slots may have channels of one name. */
public record ChannelId(Name slot, Name channel) implements Comparable<ChannelId> {
  @Override
  public int compareTo(ChannelId other) {
    int c = slot.compareTo(other.slot);
    return c == 0 ? channel.compareTo(other.channel) : c;
  }

  @Override
  public String toString() {
    return slot + "/" + channel;
  }
}

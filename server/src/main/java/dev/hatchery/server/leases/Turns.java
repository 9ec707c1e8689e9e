package dev.hatchery.server.leases;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Limits;
import dev.hatchery.server.limits.Uplink;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * First come, first served, of one priority. A free place belongs to whoever has waited longest of
 * those who could use it now, and come for what has the highest priority; it is kept for that one
 * until its next question, or until it has lost its place by not coming back. One look walks the
 * line once.
 */
final class Turns {
  private static final int NAMED = 5;

  private final Leased leased;
  private final Line line;
  private final Neighbours neighbours;

  Turns(Leased leased, Line line, Neighbours neighbours) {
    this.leased = leased;
    this.line = line;
    this.neighbours = neighbours;
  }

  private record File(Uplink uplink, Digest blob) {}

  /** Places that are left while a look goes down the line. */
  private final class Places {
    private final Limits limits;
    private final Map<Uplink, Integer> sites = new HashMap<>();
    private int server;

    Places(Limits limits) {
      this.limits = limits;
      this.server = free(limits.server().concurrentDownloads(), leased.counted());
    }

    boolean any(Uplink uplink) {
      return server > 0 && site(uplink) > 0;
    }

    void take(Uplink uplink) {
      server--;
      sites.put(uplink, site(uplink) - 1);
    }

    int site(Uplink uplink) {
      return sites.computeIfAbsent(
          uplink, u -> free(u.limits(limits).concurrentDownloads(), leased.counted(u)));
    }

    private static int free(OptionalInt max, int used) {
      return max.isPresent() ? max.getAsInt() - used : Integer.MAX_VALUE;
    }
  }

  /** Why it is not yet the waiter's turn, if it is not. */
  Optional<Hold> hold(Waiter me, Limits limits, Instant now) {
    Ask ask = me.ask();
    var places = new Places(limits);
    if (places.site(ask.uplink()) <= 0) {
      OptionalInt max = ask.uplink().limits(limits).concurrentDownloads();
      return Optional.of(held(line.of(ask.uplink()).size(), inUse(ask.uplink(), max)));
    }
    if (places.server <= 0) return Optional.of(held(line.size(), serverInUse(limits)));
    boolean ofServer =
        limits.server().concurrentDownloads().isPresent() || limits.server().rate().isPresent();
    Collection<Waiter> candidates = ofServer ? line.all() : line.of(ask.uplink());
    Set<File> served = new HashSet<>();
    int ahead = 0;
    for (Waiter other : candidates) {
      if (other.turn() >= me.turn() || places.server <= 0) break;
      if (!contends(other, now)) continue;
      // One of a site fetches a file for all of it, so it takes one place for all of them.
      boolean first =
          !other.ask().peers() || served.add(new File(other.ask().uplink(), other.ask().blob()));
      if (!first && other.trustsPeers()) continue;
      ahead++;
      if (places.any(other.ask().uplink())) places.take(other.ask().uplink());
      boolean sharesRate =
          other.ask().uplink().equals(ask.uplink()) || limits.server().rate().isPresent();
      if (other.rateBound() && sharesRate) return Optional.of(behind(other, ahead));
    }
    if (me.trustsPeers()
        && ask.uplink().shared()
        && served.contains(new File(ask.uplink(), ask.blob()))) {
      return Optional.of(
          held(ahead, "a device of " + ask.uplink() + " is before it in line for this file"));
    }
    return places.any(ask.uplink())
        ? Optional.empty()
        : Optional.of(held(ahead, ahead + " devices are before it in line"));
  }

  private boolean contends(Waiter waiter, Instant now) {
    return waiter.inNeed() && !neighbours.comeFirst(waiter, now);
  }

  private static Hold behind(Waiter other, int ahead) {
    return held(ahead, "device " + other.ask().holder().device() + " is before it in line");
  }

  /** In words, for example {@code site oslo: 1 of 1 downloads in use by cam-3}. */
  String inUse(Uplink uplink, OptionalInt max) {
    String by =
        leased.of(uplink).stream()
            .filter(lease -> !lease.ask().free())
            .limit(NAMED)
            .map(lease -> lease.ask().holder().device().value())
            .collect(Collectors.joining(", "));
    return "%s: %d of %s downloads in use%s"
        .formatted(
            uplink,
            leased.counted(uplink),
            max.isPresent() ? max.getAsInt() : "any number of",
            by.isEmpty() ? "" : " by " + by);
  }

  private String serverInUse(Limits limits) {
    return "server: %d of %d downloads in use"
        .formatted(
            leased.counted(), limits.server().concurrentDownloads().orElse(leased.counted()));
  }

  // Whoever is next asks often, so that a place is not kept empty for long.
  private static Hold held(int ahead, String reason) {
    return new Hold(Hold.Why.TURN, Duration.ofSeconds(Math.min(30, 2 + ahead)), reason);
  }
}

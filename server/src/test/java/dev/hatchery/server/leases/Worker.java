package dev.hatchery.server.leases;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A device that wants one file and keeps to what it is granted. It may fall silent for a while, in
 * which it goes on downloading as its lease allows.
 */
final class Worker {
  final String id;
  final String site;
  private final Town town;
  private final Random random;
  private final Digest blob;
  private final long size;
  private final boolean peers;
  private long got;
  private LeaseAnswer.@Nullable Granted lease;
  private long used;
  private Instant renewed = Instant.EPOCH;
  private Instant due = Instant.EPOCH;
  private Instant silentUntil = Instant.EPOCH;
  private boolean silent;
  boolean done;
  int leases;

  /** Whether a neighbour has the file whole and gives it. */
  interface Peers {
    boolean have(Worker asking);
  }

  Worker(Town town, Random random, String id, String site, Digest blob, long size, boolean peers) {
    this.town = town;
    this.random = random;
    this.id = id;
    this.site = site;
    this.blob = blob;
    this.size = size;
    this.peers = peers;
  }

  Digest blob() {
    return blob;
  }

  /** Falls silent; where {@code restarted}, it forgets its lease as well. */
  void silence(Duration time, boolean restarted) {
    silent = true;
    silentUntil = town.now.plus(time);
    if (restarted) lease = null;
  }

  /** What a clock that was set does to a device: nothing, but times must be told anew. */
  void shift(Duration by) {
    renewed = renewed.plus(by);
    due = due.plus(by);
    silentUntil = silentUntil.plus(by);
  }

  /** Bytes that come in this step, at most. */
  long step(Duration time, Peers neighbours) {
    if (done) return 0;
    if (silent && town.now.isBefore(silentUntil)) return download(time);
    silent = false;
    long came = download(time);
    if (lease != null) renew(lease);
    else if (!town.now.isBefore(due)) ask(neighbours);
    return came;
  }

  private long download(Duration time) {
    LeaseAnswer.Granted held = lease;
    if (held == null) return 0;
    // It stops by itself when its lease has not been renewed.
    if (!town.now.isBefore(renewed.plus(held.valid()))) return 0;
    long most = (long) (time.toMillis() / 1000.0 * (random.nextInt(4) << 20));
    if (held.rate().isPresent()) {
      most = Math.min(most, held.rate().get().bytes() * time.toMillis() / 1000);
    }
    long room = held.bytes().orElse(Long.MAX_VALUE) - used;
    long came = Math.clamp(most, 0, Math.min(Math.max(0, room), size - got));
    used += came;
    got += came;
    return came;
  }

  private void renew(LeaseAnswer.Granted held) {
    boolean full = got >= size || used >= held.bytes().orElse(Long.MAX_VALUE);
    boolean half = !town.now.isBefore(renewed.plus(held.valid().dividedBy(2)));
    if (!full && !half) return;
    try {
      Optional<LeaseAnswer> answer = town.uses(id, held, used, full);
      if (answer.isEmpty()) {
        lease = null;
        done = got >= size;
      } else {
        take(answer.get());
      }
    } catch (Refusal ended) {
      lease = null;
    }
  }

  private void ask(Peers neighbours) {
    if (got >= size || (peers && neighbours.have(this))) {
      done = true;
      return;
    }
    take(town.asks(Town.ask(id, site, blob, size - got, peers)));
  }

  private void take(LeaseAnswer answer) {
    switch (answer) {
      case LeaseAnswer.Granted next -> {
        if (lease == null || !lease.lease().equals(next.lease())) {
          used = 0;
          leases++;
        }
        lease = next;
        renewed = town.now;
      }
      case LeaseAnswer.Wait wait -> {
        lease = null;
        due = town.now.plus(wait.retryAfter());
      }
    }
  }
}

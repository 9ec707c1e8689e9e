package dev.hatchery.server.leases;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Limits;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Shares rates: server, site and device each over the leases they hold, the smallest share wins.
 * Nobody is given what another still has: who comes later gets what is free, and the others shrink
 * to their share when they renew. So the sum is never more than the limit.
 */
final class Rates {
  // More would only trickle; further ones wait.
  private static final long SHARERS_MAX = 64;
  private static final long LEAST = DataSize.kib(1).bytes();

  private final Leased leased;
  private final Line line;

  Rates(Leased leased, Line line) {
    this.leased = leased;
    this.line = line;
  }

  /** A rate, or none because nothing limits it, or no room. */
  sealed interface Offer {
    record Unlimited() implements Offer {}

    record Share(long rate) implements Offer {}

    /** No room; {@code of} names whose rate is used up. */
    record Full(String of) implements Offer {}
  }

  /** For a lease that begins: it may have to wait. */
  Offer first(Ask ask, Limits limits) {
    return offer(ask, limits, false);
  }

  /** For a lease that goes on; never refused, so that no download is cut for a newcomer. */
  Offer again(Ask ask, Limits limits) {
    return offer(ask, limits, true);
  }

  private Offer offer(Ask ask, Limits limits, boolean mustGo) {
    Optional<DataSize> server = limits.server().rate();
    Optional<DataSize> site = ask.uplink().limits(limits).rate();
    Offer offer =
        ask.rate().<Offer>map(r -> new Offer.Share(r.bytes())).orElse(new Offer.Unlimited());
    if (server.isPresent()) {
      offer =
          smaller(offer, share(ask, server.get(), leased.all(), line.all(), "the server", mustGo));
    }
    if (site.isPresent()) {
      var held = leased.of(ask.uplink());
      var waiting = line.of(ask.uplink());
      offer =
          smaller(offer, share(ask, site.get(), held, waiting, ask.uplink().toString(), mustGo));
    }
    if (limits.deviceRate().isPresent()) {
      var device = ask.holder().device();
      var held = leased.of(ask.uplink(), device);
      var waiting =
          line.of(ask.uplink()).stream()
              .filter(w -> w.ask().holder().device().equals(device))
              .toList();
      offer =
          smaller(
              offer,
              share(ask, limits.deviceRate().get(), held, waiting, "device " + device, mustGo));
    }
    return offer;
  }

  private static Offer share(
      Ask ask,
      DataSize limit,
      Collection<Lease> held,
      Collection<Waiter> waiting,
      String of,
      boolean mustGo) {
    long taken = 0;
    long sharers = 1;
    for (Lease lease : held) {
      if (lease.ask().free() || lease.ask().holder().equals(ask.holder())) continue;
      taken += lease.rate().orElse(0);
      sharers++;
    }
    for (Waiter waiter : waiting) {
      if (waiter.rateBound() && !waiter.ask().holder().equals(ask.holder())) sharers++;
    }
    long least = Math.max(LEAST, limit.bytes() / SHARERS_MAX);
    long fair = Math.max(least, limit.bytes() / Math.min(sharers, SHARERS_MAX));
    long share = Math.min(fair, limit.bytes() - taken);
    if (share >= least) return new Offer.Share(share);
    return mustGo ? new Offer.Share(Math.max(LEAST, share)) : new Offer.Full(of);
  }

  private static Offer smaller(Offer a, Offer b) {
    return switch (a) {
      case Offer.Full _ -> a;
      case Offer.Unlimited() -> b;
      case Offer.Share(long rate) ->
          switch (b) {
            case Offer.Full _ -> b;
            case Offer.Unlimited() -> a;
            case Offer.Share(long other) -> new Offer.Share(Math.min(rate, other));
          };
    };
  }

  static OptionalLong rate(Offer offer) {
    return offer instanceof Offer.Share(long rate) ? OptionalLong.of(rate) : OptionalLong.empty();
  }
}

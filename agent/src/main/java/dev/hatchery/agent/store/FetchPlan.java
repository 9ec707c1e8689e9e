package dev.hatchery.agent.store;

import dev.hatchery.core.Delivery.DeltaUse;
import dev.hatchery.core.Digest;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.DeltaOffers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * By which ways a file can come, the cheapest first, as a pure function of what is known: already
 * here, from a neighbour, a patch for something that is here or for nothing, the whole file.
 *
 * <p>Patch and whole file are compared by what is <em>still</em> to come over the uplink, so that a
 * download that was nearly done is finished, whichever it was. At most one patch is tried: what
 * makes one fail would likely make the next fail, and each try costs.
 */
record FetchPlan(List<Way> ways) {
  /** Nobody makes a patch for so little, and asking the neighbours costs more than it saves. */
  static final long SMALL = 16 * 1024;

  /** Fewer bytes than this are not worth waiting for a patch. */
  static final long WORTH_WAITING = 256 * 1024;

  /** How a file comes. */
  sealed interface Way {}

  /** It is in the store. */
  record Here() implements Way {}

  /** From a device of the same site. */
  record Peer() implements Way {}

  /** A patch from the server, applied here. */
  record Patch(DeltaOffer offer) implements Way {}

  /** Nothing yet: a patch is being made. */
  record Await() implements Way {}

  /** All of it from the server. */
  record Full() implements Way {}

  /**
   * What is known.
   *
   * @param size bytes of the file
   * @param here whether the store has it
   * @param peers whether neighbours may be asked, and have not just been of no use
   * @param patchFailed whether a patch for this file was tried and failed
   * @param offers absent when the server knows no patches
   * @param held files that are here whole
   * @param begun bytes of the whole file that are durable on the disk
   * @param patches of patches, how many bytes are durable on the disk
   * @param patient whether a patch in the making may be waited for
   */
  record Need(
      long size,
      boolean here,
      DeltaUse deltas,
      boolean peers,
      boolean patchFailed,
      Optional<DeltaOffers> offers,
      Set<Digest> held,
      long begun,
      Map<Digest, Long> patches,
      boolean patient) {
    long stillWhole() {
      return Math.max(0, size - begun);
    }

    long stillPatch(DeltaOffer offer) {
      return Math.max(0, offer.size() - patches.getOrDefault(offer.patch(), 0L));
    }

    boolean applies(DeltaOffer offer) {
      return offer.base().isEmpty() || held.contains(offer.base().get());
    }
  }

  FetchPlan {
    ways = List.copyOf(ways);
  }

  static FetchPlan of(Need need) {
    if (need.here) return new FetchPlan(List.of(new Here()));
    List<Way> ways = new ArrayList<>();
    if (need.peers && need.size > SMALL) ways.add(new Peer());
    if (need.size <= SMALL || need.deltas == DeltaUse.OFF) ways.add(new Full());
    else ways.addAll(fromServer(need));
    return new FetchPlan(ways);
  }

  private static List<Way> fromServer(Need need) {
    boolean whole = need.deltas != DeltaUse.REQUIRE;
    Optional<DeltaOffer> best = need.patchFailed ? Optional.empty() : cheapest(need);
    List<Way> ways = new ArrayList<>();
    if (awaits(need, best, whole)) ways.add(new Await());
    best.filter(offer -> !whole || need.stillPatch(offer) < need.stillWhole())
        .ifPresent(offer -> ways.add(new Patch(offer)));
    if (whole) ways.add(new Full());
    return ways;
  }

  private static Optional<DeltaOffer> cheapest(Need need) {
    return need.offers.stream()
        .flatMap(offers -> offers.offers().stream())
        .filter(need::applies)
        .min(
            Comparator.comparingLong(need::stillPatch)
                .thenComparing(offer -> offer.base().isEmpty()));
  }

  // A patch against what is here is worth some patience; where nothing else may come, all of it.
  private static boolean awaits(Need need, Optional<DeltaOffer> best, boolean whole) {
    boolean pending = !need.patchFailed && need.offers.filter(DeltaOffers::pending).isPresent();
    if (!pending) return false;
    if (best.isEmpty() && !whole) return true;
    boolean settled = best.filter(offer -> offer.base().isPresent()).isPresent();
    boolean begun = need.begun > 0 || !need.patches.isEmpty();
    return !settled && !begun && need.patient && !need.held.isEmpty() && need.size > WORTH_WAITING;
  }
}

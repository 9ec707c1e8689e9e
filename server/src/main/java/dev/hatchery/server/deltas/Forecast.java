package dev.hatchery.server.deltas;

import dev.hatchery.core.Digest;
import dev.hatchery.server.releases.Release;
import dev.hatchery.wire.api.ExpectedBytes;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/** What it will cost that devices get a release, as it is added up. */
final class Forecast {
  private final DeltaStore store;
  private final Release target;
  private final boolean withDeltas;
  private final Set<Pair> relevant = new HashSet<>();
  private long full;
  private long planned;
  private int devices;
  private int withDelta;

  /**
   * A forecast of nothing yet.
   *
   * @param withDeltas whether patches may be used
   */
  Forecast(DeltaStore store, Release target, boolean withDeltas) {
    this.store = store;
    this.target = target;
    this.withDeltas = withDeltas;
  }

  /** Adds devices that hold the same. */
  void add(List<Digest> bundles, List<Release> held, long devicesOfThem) {
    if (bundles.contains(target.digest())) return;
    List<Lack> lacks = Lack.of(target, held);
    long whole = target.manifestSize();
    long cheapest = target.manifestSize();
    boolean anyDelta = false;
    for (Lack lack : lacks) {
      long size = lack.file().size();
      OptionalLong fromBase = smallest(lack, true);
      OptionalLong fromAny = smallest(lack, false);
      whole += size;
      cheapest += fromAny.orElse(size);
      anyDelta |= fromBase.isPresent();
    }
    full += whole * devicesOfThem;
    planned += cheapest * devicesOfThem;
    devices += (int) devicesOfThem;
    if (anyDelta) withDelta += (int) devicesOfThem;
  }

  private OptionalLong smallest(Lack lack, boolean fromBase) {
    if (!withDeltas) return OptionalLong.empty();
    List<Pair> pairs = Needs.pairs(target, lack);
    relevant.addAll(Needs.needed(target, lack));
    return pairs.stream()
        .filter(pair -> !fromBase || pair.base().isPresent())
        .flatMap(pair -> store.find(pair).stream())
        .flatMapToLong(
            delta ->
                delta.state() instanceof Delta.Ready ready
                    ? LongStream.of(ready.size())
                    : LongStream.empty())
        .min();
  }

  ExpectedBytes done() {
    List<Delta> deltas = relevant.stream().flatMap(pair -> store.find(pair).stream()).toList();
    long pending = deltas.stream().filter(Delta::pending).count();
    boolean ready = pending == 0 && !unseen(deltas);
    return new ExpectedBytes(full, planned, devices, withDelta, ready, detail(deltas, pending));
  }

  // The workshop looks for what is wanted between two patches, and each may take minutes.
  private boolean unseen(List<Delta> deltas) {
    return deltas.isEmpty() && !relevant.isEmpty();
  }

  private String detail(List<Delta> deltas, long pending) {
    if (!withDeltas) return "deltas are off";
    if (devices == 0) return "every device holds it already";
    if (unseen(deltas)) return "no delta is made yet";
    if (deltas.isEmpty()) return "no delta is worth making";
    int of = deltas.size();
    if (pending > 0) return "deltas are being made: " + (of - pending) + " of " + of;
    long ready = deltas.stream().filter(d -> d.state() instanceof Delta.Ready).count();
    return ready == of
        ? "all deltas are made"
        : ready + " of " + of + " deltas are made, the rest cannot be: " + whyNot(deltas);
  }

  private static String whyNot(List<Delta> deltas) {
    return deltas.stream()
        .flatMap(
            d ->
                d.state() instanceof Delta.Refused refused
                    ? java.util.stream.Stream.of(refused.reason())
                    : java.util.stream.Stream.empty())
        .distinct()
        .sorted()
        .findFirst()
        .orElse("");
  }
}

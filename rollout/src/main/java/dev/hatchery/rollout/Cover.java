package dev.hatchery.rollout;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Few devices that have one of every stratum. The smallest such set is hard to find (set cover);
 * this takes the device that adds most, again and again, which is at most the logarithm of the
 * number of strata too many, and often too many by one. So it is tried with several orders of those
 * that add equally much, and the shortest is kept: the first order is the seed's own, and the
 * number of tries shrinks with the fleet's variety, which keeps the whole to some ten million
 * steps.
 *
 * <p>Devices of one cell add the same, so each cell is represented by its first device.
 */
final class Cover {
  private static final int TRIES = 32;
  private static final long STEPS = 20_000_000;

  private final Strata strata;
  private final BitSet already;
  private final List<Delegate> delegates = new ArrayList<>();

  /** The device that stands for its cell. */
  private static final class Delegate {
    final int device;
    final int worst;
    final int[] strata;

    Delegate(int device, int worst, int[] strata) {
      this.device = device;
      this.worst = worst;
      this.strata = strata;
    }

    int adds(BitSet covered) {
      int adds = 0;
      for (int s : strata) if (!covered.get(s)) adds++;
      return adds;
    }
  }

  /**
   * A cover to be found.
   *
   * @param devices those that may be taken, in the seed's order
   * @param worst how early a device is wanted, the least first
   * @param already strata that have a device, by index
   */
  Cover(Strata strata, List<Integer> devices, IntUnaryOperator worst, BitSet already) {
    this.strata = strata;
    this.already = already;
    List<Integer> inTurn =
        devices.stream().sorted(Comparator.comparingInt(worst::applyAsInt)).toList();
    Set<Strata.Cell> seen = new HashSet<>();
    for (int device : inTurn) {
      if (!seen.add(strata.cell(device))) continue;
      int[] its = strata.of(device).stream().mapToInt(Integer::intValue).toArray();
      delegates.add(new Delegate(device, worst.applyAsInt(device), its));
    }
  }

  /** The devices to take, in the order they were found. */
  List<Integer> find() {
    List<Integer> best = attempt(0);
    int least = least();
    long steps = (long) (best.size() + 1) * delegates.size() * 8;
    long tries = Math.min(TRIES, STEPS / Math.max(1, steps));
    for (int n = 1; n < tries && best.size() > least; n++) {
      List<Integer> other = attempt(n);
      if (other.size() < best.size()) best = other;
    }
    return best;
  }

  // No cover is smaller than the dimension with the most strata.
  private int least() {
    return strata.all().stream()
        .mapToInt(
            s ->
                (int)
                    open()
                        .filter(i -> strata.all().get(i).dimension().equals(s.dimension()))
                        .count())
        .max()
        .orElse(0);
  }

  private IntStream open() {
    return IntStream.range(0, strata.all().size()).filter(i -> !already.get(i));
  }

  private List<Integer> attempt(int n) {
    BitSet covered = (BitSet) already.clone();
    List<Integer> taken = new ArrayList<>();
    while (covered.cardinality() < strata.all().size()) {
      OptionalInt next = next(covered, n);
      if (next.isEmpty()) break;
      Delegate delegate = delegates.get(next.getAsInt());
      taken.add(delegate.device);
      for (int s : delegate.strata) covered.set(s);
    }
    return taken;
  }

  private OptionalInt next(BitSet covered, int attempt) {
    int best = -1;
    int most = 0;
    for (int i = 0; i < delegates.size(); i++) {
      int adds = delegates.get(i).adds(covered);
      if (adds > most || (adds == most && adds > 0 && before(i, best, attempt))) {
        best = i;
        most = adds;
      }
    }
    return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
  }

  private boolean before(int i, int best, int attempt) {
    Delegate one = delegates.get(i);
    Delegate other = delegates.get(best);
    if (one.worst != other.worst) return one.worst < other.worst;
    return turn(one.device, attempt) < turn(other.device, attempt);
  }

  // The first attempt goes by the seed's order, others by orders that are as good as any.
  private static int turn(int device, int attempt) {
    if (attempt == 0) return device;
    int mixed = (device + attempt * 0x9e3779b9) * 0x85ebca6b;
    return (mixed ^ (mixed >>> 15)) * 0xc2b2ae35;
  }
}

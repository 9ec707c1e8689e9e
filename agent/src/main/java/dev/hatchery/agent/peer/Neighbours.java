package dev.hatchery.agent.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Who was seen lately, and who is left alone. Both are bounded; a sighting says where to ask and
 * nothing more. Being left alone outlives not being seen, or a liar would only have to announce
 * itself anew; and a machine of which several ports have lied is left alone as a whole.
 */
final class Neighbours {
  static final int MAX_SEEN = 64;
  static final int MAX_ASIDE = 256;
  static final int LIARS_OF_ONE = 3;

  /** Announcements and lists are looked at every minute. */
  static final Duration FORGOTTEN = Duration.ofMinutes(5);

  private final LongSupplier nanos;
  private final RandomGenerator random;
  // All guarded by this. The longest unseen stands first.
  private final Map<InetSocketAddress, Seen> seen = new LinkedHashMap<>();
  private final Map<InetSocketAddress, Aside> aside = new LinkedHashMap<>();

  private static final class Seen {
    String device = "";
    long at;
    long good;
    long bad;
  }

  private record Aside(Fault fault, long until) {}

  Neighbours(LongSupplier nanos, RandomGenerator random) {
    this.nanos = nanos;
    this.random = random;
  }

  synchronized void sighted(InetSocketAddress address, String device) {
    Seen known = seen.remove(address);
    Seen now = known == null ? new Seen() : known;
    now.device = device;
    now.at = nanos.getAsLong();
    seen.put(address, now);
    trim(seen, MAX_SEEN);
  }

  /** Those that may be asked, in an order of chance, so that the load is shared. */
  synchronized List<InetSocketAddress> willing() {
    expire();
    List<InetSocketAddress> willing = new ArrayList<>(seen.keySet());
    willing.removeIf(this::left);
    for (int i = willing.size() - 1; i > 0; i--) {
      Collections.swap(willing, i, random.nextInt(i + 1));
    }
    return willing;
  }

  synchronized void good(InetSocketAddress address) {
    Seen neighbour = seen.get(address);
    if (neighbour != null) neighbour.good++;
  }

  /** Whether this is news: it was not left alone for the same until now. */
  synchronized boolean failed(InetSocketAddress address, Fault fault) {
    if (fault.aside().isZero()) return false;
    Seen neighbour = seen.get(address);
    if (neighbour != null) neighbour.bad++;
    expire();
    Aside before = aside.get(address);
    long until = nanos.getAsLong() + fault.aside().toNanos();
    // The longer of the two holds.
    if (before != null && before.until - until > 0) return false;
    aside.remove(address);
    aside.put(address, new Aside(fault, until));
    while (aside.size() > MAX_ASIDE) aside.remove(soonestOver());
    return before == null || before.fault != fault;
  }

  private InetSocketAddress soonestOver() {
    long now = nanos.getAsLong();
    return aside.entrySet().stream()
        .min(Comparator.comparingLong(e -> e.getValue().until - now))
        .orElseThrow()
        .getKey();
  }

  synchronized List<Neighbour> all() {
    expire();
    return seen.entrySet().stream()
        .map(
            e ->
                new Neighbour(
                    e.getKey(),
                    e.getValue().device,
                    e.getValue().good,
                    e.getValue().bad,
                    Optional.ofNullable(aside.get(e.getKey())).map(Aside::fault)))
        .toList();
  }

  private boolean left(InetSocketAddress address) {
    return aside.containsKey(address) || liars(address.getAddress()) >= LIARS_OF_ONE;
  }

  private long liars(InetAddress machine) {
    return aside.entrySet().stream()
        .filter(e -> e.getValue().fault == Fault.LIED)
        .filter(e -> machine.equals(e.getKey().getAddress()))
        .count();
  }

  private void expire() {
    long now = nanos.getAsLong();
    seen.values().removeIf(s -> now - s.at > FORGOTTEN.toNanos());
    aside.values().removeIf(a -> a.until - now <= 0);
  }

  private static <K, V> void trim(Map<K, V> map, int max) {
    while (map.size() > max) map.remove(map.keySet().iterator().next());
  }
}

package dev.hatchery.server.leases;

import dev.hatchery.core.DeviceId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Leases that ended unheard, and what their budgets were charged for them: all that they might have
 * used. A device that comes back says how much it was; the rest is given back.
 */
final class Lost {
  private static final int MAX = 10_000;

  private final Map<Holder, Charge> charges = new LinkedHashMap<>();

  private record Charge(Lease lease, Spent.Day day, long charged) {}

  void add(Lease lease, Spent.Day day, Spent spent) {
    long charged = lease.outstanding();
    spent.add(day, charged);
    charges.remove(lease.ask().holder());
    charges.put(lease.ask().holder(), new Charge(lease, day, charged));
    if (charges.size() > MAX) charges.remove(charges.keySet().iterator().next());
  }

  /** A device asks again: what it wants now tells what it got then. */
  void asks(Ask ask, Spent spent) {
    Charge charge = charges.get(ask.holder());
    if (charge == null || !same(ask, charge.lease.ask())) return;
    charges.remove(ask.holder());
    settle(charge, consumed(charge.lease, ask), spent);
  }

  /** A device that did not know that its lease had ended says what it used. */
  void tell(DeviceId device, String id, long bytes, Spent spent) {
    Optional<Charge> charge =
        charges.values().stream()
            .filter(c -> c.lease.id().equals(id))
            .filter(c -> c.lease.ask().holder().device().equals(device))
            .findFirst();
    if (charge.isEmpty()) return;
    charges.remove(charge.get().lease.ask().holder());
    settle(charge.get(), Math.max(bytes, charge.get().lease.used()), spent);
  }

  /** What a lease has used, as far as the next question for the same bytes tells. */
  static long consumed(Lease lease, Ask next) {
    if (!same(next, lease.ask())) return lease.used();
    return Math.max(lease.used(), lease.ask().bytes() - next.bytes());
  }

  private static boolean same(Ask a, Ask b) {
    return a.repeats(b) && a.patch() == b.patch();
  }

  private static void settle(Charge charge, long consumed, Spent spent) {
    spent.add(charge.day, consumed - charge.lease.used() - charge.charged);
  }
}

package dev.hatchery.server.leases;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseUse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who may use an uplink, and who waits. It is a machine of values: what it answers follows from the
 * questions and the times it was given, and from nothing else. One caller at a time.
 *
 * <p>A question passes four looks in this order: is there budget, is a neighbour fetching the same
 * file, is it this one's turn for a place, is there a rate to share. Whoever fails one waits in
 * line with the reason, and is asked to come back.
 *
 * <p>A budget is charged with what leases may use while they live, with what they used when they
 * end, and with all they might have used when they end unheard; a device that comes back gets the
 * difference back. So a budget is never overdrawn by devices that keep to what they were granted.
 *
 * <p>Times may jump. Forwards, leases end early and are asked for again; backwards, nothing lives
 * longer than it would have from that moment on.
 */
final class LeaseBook {
  /** Whoever wants no more than this is not held up. */
  static final DataSize SMALL = DataSize.kib(16);

  private static final int MAX = 100_000;
  // Long enough for another to take the place.
  private static final Duration AFTER_STALL = Duration.ofSeconds(30);
  // Turns of one priority; more questions than this are never asked.
  private static final long EACH = 1L << 56;
  private static final Duration TICK = Duration.ofSeconds(1);
  // A download may need some bytes again, after a broken connection.
  private static final long SLACK = DataSize.kib(256).bytes();

  private final String prefix;
  private final Spent spent;
  private final Leased leased = new Leased();
  private final Line line = new Line();
  private final Neighbours neighbours = new Neighbours(leased);
  private final Turns turns = new Turns(leased, line, neighbours);
  private final Rates rates = new Rates(leased, line);
  private final Lost lost = new Lost();
  private long next = 1;
  private Instant ticked = Instant.EPOCH;

  /**
   * An empty book.
   *
   * @param prefix of its leases' names, so that no other book's is taken for one of its own
   */
  LeaseBook(String prefix, Spent spent) {
    this.prefix = prefix;
    this.spent = spent;
  }

  LeaseAnswer ask(Ask ask, Rules rules, Instant now) {
    tick(now);
    long turn = settle(ask, now);
    if (ask.free()) return grant(ask, turn, OptionalLong.empty(), OptionalLong.empty(), now);
    Waiter me = waiter(ask, turn, now);
    Optional<Purse> purse = purse(ask, rules, now);
    Rates.Offer offer = rates.first(ask, rules.limits());
    Optional<Hold> hold =
        purse
            .filter(p -> !p.worth(ask.bytes()))
            .map(p -> p.empty(ask.uplink(), outstanding(ask), now))
            .or(() -> neighbours.hold(me, now))
            .or(() -> turns.hold(me, rules.limits(), now))
            .or(() -> full(offer));
    if (hold.isPresent()) {
      if (line.find(ask.holder()).isPresent() || !line.full()) {
        line.put(me.told(hold.get(), neighbours.leader(ask, now).isEmpty()));
      }
      return hold.get().answer();
    }
    line.remove(ask.holder());
    OptionalLong allowed =
        purse
            .map(p -> OptionalLong.of(Math.min(p.left(), ask.bytes())))
            .orElse(OptionalLong.empty());
    return grant(ask, me.turn(), allowed, Rates.rate(offer), now);
  }

  /** The lease, if it lives and is this device's. */
  Optional<Lease> find(DeviceId device, String id) {
    return leased.find(id).filter(lease -> lease.ask().holder().device().equals(device));
  }

  /**
   * Takes what a device says about its lease.
   *
   * @param closed why it may go on no longer, if something beyond these rules says so
   * @return whether and how it may go on; absent when it is done
   */
  Optional<LeaseAnswer> use(
      DeviceId device,
      String id,
      LeaseUse use,
      Rules rules,
      Optional<LeaseAnswer.Wait> closed,
      Instant now) {
    tick(now);
    Optional<Lease> found = find(device, id);
    if (found.isEmpty()) {
      lost.tell(device, id, use.bytes(), spent);
      if (use.done()) return Optional.empty();
      throw Refusal.of(Code.NO_LEASE, "this lease has ended").fix("ask for another");
    }
    Lease lease = found.get().told(use.bytes(), now);
    spent.add(lease.ask().day(now), lease.used() - found.get().used());
    if (use.done()) {
      leased.remove(id);
      // One that gives back what it did not use up has not got the file.
      if (lease.used() >= lease.ask().bytes()) neighbours.isDone(lease.ask(), now);
      return Optional.empty();
    }
    if (closed.isPresent()) {
      leased.remove(id);
      return Optional.of(closed.get());
    }
    leased.put(lease);
    return Optional.of(renew(lease, rules, now));
  }

  private LeaseAnswer renew(Lease lease, Rules rules, Instant now) {
    Ask ask = lease.ask();
    if (ask.free()) return answer(lease);
    if (!lease.moving(now) && line.size() > 0) {
      leased.remove(lease.id());
      return new Hold(
              Hold.Why.TURN, AFTER_STALL, "nothing came for a while, and others wait for a place")
          .answer();
    }
    Optional<Purse> purse = purse(ask, rules, now);
    if (purse.isPresent() && purse.get().left() == 0) {
      leased.remove(lease.id());
      return purse.get().empty(ask.uplink(), outstanding(ask), now).answer();
    }
    long more = Math.max(SLACK, ask.bytes() - lease.used());
    OptionalLong allowed =
        purse
            .map(p -> OptionalLong.of(lease.used() + Math.min(p.left(), more)))
            .orElse(OptionalLong.empty());
    Lease renewed = lease.renewed(allowed, Rates.rate(rates.again(ask, rules.limits())));
    leased.put(renewed);
    return answer(renewed);
  }

  int active() {
    return leased.all().size();
  }

  int waiting() {
    return line.size();
  }

  Leased leased() {
    return leased;
  }

  Line line() {
    return line;
  }

  Turns turns() {
    return turns;
  }

  /** Ends what has expired; looks no more often than once a second. */
  void tick(Instant now) {
    if (now.isBefore(ticked)) {
      List.copyOf(leased.all()).forEach(lease -> leased.put(lease.notAfter(now)));
    } else if (now.isBefore(ticked.plus(TICK))) {
      return;
    }
    ticked = now;
    for (Lease lease : leased.expired(now)) {
      leased.remove(lease.id());
      lost.add(lease, lease.ask().day(lease.expires()), spent);
    }
    line.forgetLapsed(now);
  }

  // A device that asks has stopped using what it had in this slot. One that asks for the same again
  // keeps its place: its answer was lost, or it was started anew.
  private long settle(Ask ask, Instant now) {
    lost.asks(ask, spent);
    Optional<Lease> before = leased.of(ask.holder());
    if (before.isEmpty()) return turn(ask);
    Lease lease = before.get();
    leased.remove(lease.id());
    spent.add(ask.day(now), Lost.consumed(lease, ask) - lease.used());
    return ask.repeats(lease.ask()) ? lease.turn() : turn(ask);
  }

  // Whoever comes for something of a higher priority goes before all others that wait; among
  // equals it is first come, first served.
  private long turn(Ask ask) {
    long behind =
        switch (ask.priority()) {
          case HIGH -> 0;
          case NORMAL -> 1;
          case LOW -> 2;
        };
    return behind * EACH + next++;
  }

  private Waiter waiter(Ask ask, long turn, Instant now) {
    Optional<Waiter> before = line.find(ask.holder()).filter(w -> ask.repeats(w.ask()));
    if (before.isPresent()) return before.get().asks(ask, now);
    line.remove(ask.holder());
    return Waiter.first(ask, turn, now, neighbours.isThere(ask, now));
  }

  private Optional<Purse> purse(Ask ask, Rules rules, Instant now) {
    return Purse.of(ask.uplink(), ask.zone(), rules, spent, outstanding(ask), now);
  }

  private long outstanding(Ask ask) {
    return leased.outstanding(ask.uplink(), ask.holder());
  }

  private static Optional<Hold> full(Rates.Offer offer) {
    return offer instanceof Rates.Offer.Full(String of)
        ? Optional.of(
            new Hold(
                Hold.Why.RATE,
                Lease.VALID.dividedBy(6),
                "the rate of " + of + " is shared by as many downloads as it bears"))
        : Optional.empty();
  }

  private LeaseAnswer grant(
      Ask ask, long turn, OptionalLong allowed, OptionalLong rate, Instant now) {
    if (leased.all().size() >= MAX) {
      return new Hold(Hold.Why.TURN, Lease.VALID, "the server holds as many leases as it can")
          .answer();
    }
    String id = prefix + Long.toString(next++, 36);
    Lease lease = new Lease(id, ask, turn, allowed, rate, 0, now, now);
    leased.put(lease);
    return answer(lease);
  }

  private static LeaseAnswer answer(Lease lease) {
    return new LeaseAnswer.Granted(
        lease.id(),
        Lease.VALID,
        lease.rate().isPresent()
            ? Optional.of(new DataSize(lease.rate().getAsLong()))
            : Optional.empty(),
        lease.allowed());
  }
}

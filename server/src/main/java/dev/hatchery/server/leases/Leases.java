package dev.hatchery.server.leases;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Priority;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.bytes.Accounts;
import dev.hatchery.server.bytes.SpentStore;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.limits.LimitStore;
import dev.hatchery.server.limits.Uplink;
import dev.hatchery.server.limits.Uplinks;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.orders.Board;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/** The leases of this server. */
public final class Leases implements AutoCloseable {
  private static final Log LOG = Log.of(Leases.class);

  /** A billing month, and what lies before it of the calendar's. */
  private static final int DAYS_KEPT = 70;

  private final Parts parts;
  // Guards the book and its figures; held for moments, never over I/O.
  private final ReentrantLock lock = new ReentrantLock();
  private final Spent spent = new Spent();
  private final LeaseBook book;

  /**
   * What it stands on.
   *
   * @param priority of what gave an order, by its command
   */
  public record Parts(
      Db db,
      DeviceStore devices,
      Board board,
      ReleaseStore releases,
      LimitStore limits,
      Uplinks uplinks,
      Accounts accounts,
      Function<String, Priority> priority,
      InstantSource clock) {}

  /**
   * Begins with no leases, and with all that was used.
   *
   * @param prefix of the leases' names, another at each start
   */
  public Leases(Parts parts, String prefix) {
    this.parts = parts;
    this.book = new LeaseBook(prefix, spent);
    LocalDate first = oldest(parts.clock.instant());
    parts
        .db
        .read(rows -> SpentStore.since(rows, first))
        .forEach(day -> spent.load(new Spent.Day(day.uplink(), day.date()), day.bytes()));
  }

  /** Answers a device that wants to fetch. */
  LeaseAnswer ask(DeviceId id, LeaseRequest request) {
    Device device = device(id);
    Optional<Order> stands = order(id, request.slot(), request.commandId());
    if (stands.isEmpty()) return noOrder();
    Order order = stands.get();
    if (!parts.releases.holds(order.manifest(), request.blob())) {
      throw Refusal.of(Code.CONFLICT, "this file is not part of the order")
          .expected("a file of " + order.release())
          .got(request.blob());
    }
    Instant now = parts.clock.instant();
    boolean rollback = order.reason() == Order.Reason.ROLLBACK;
    Optional<LeaseAnswer.Wait> closed =
        Opening.closed(order.delivery(), device.labels(), now)
            .filter(_ -> request.bytes() > LeaseBook.SMALL.bytes());
    if (closed.isPresent()) return closed.get();
    Uplink uplink = Uplink.of(device);
    var ask =
        new Ask(
            new Holder(id, request.slot()),
            request.commandId(),
            uplink,
            parts.uplinks.zone(uplink, now),
            request.blob(),
            request.bytes(),
            request.patch(),
            rollback || request.bytes() <= LeaseBook.SMALL.bytes(),
            order.delivery().peers() && request.peers(),
            order.delivery().rate(),
            parts.priority.apply(request.commandId()));
    Rules rules = rules(uplink, now);
    LeaseAnswer answer = locked(() -> book.ask(ask, rules, now));
    save();
    return answer;
  }

  /** Takes what a device says about its lease; absent when it is done with it. */
  Optional<LeaseAnswer> use(DeviceId id, String lease, LeaseUse use) {
    Device device = device(id);
    Instant now = parts.clock.instant();
    Optional<Ask> ask = locked(() -> book.find(id, lease).map(Lease::ask));
    Rules rules = rules(Uplink.of(device), now);
    try {
      Optional<LeaseAnswer.Wait> closed =
          ask.filter(a -> !a.free()).flatMap(a -> closed(a, device, now));
      return locked(() -> book.use(id, lease, use, rules, closed, now));
    } finally {
      save();
    }
  }

  /** What holds a slot's download back, and what is left to spend: lines for people. */
  public List<String> lines(DeviceId id, Name slot) {
    Device device = device(id);
    Uplink uplink = Uplink.of(device);
    Instant now = parts.clock.instant();
    Rules rules = rules(uplink, now);
    List<String> lines = new ArrayList<>();
    parts.board.desired(id).stream()
        .flatMap(desired -> Optional.ofNullable(desired.slots().get(slot)).stream())
        .flatMap(order -> Opening.closed(order.delivery(), device.labels(), now).stream())
        .forEach(wait -> lines.add(wait.reason()));
    var zone = parts.uplinks.zone(uplink, now);
    lines.addAll(
        locked(
            () -> {
              book.tick(now);
              return new Lines(book, spent).of(new Holder(id, slot), uplink, zone, rules, now);
            }));
    return lines;
  }

  /** How many leases are active, and how many devices wait for one. */
  public Map<String, Long> states() {
    Instant now = parts.clock.instant();
    return locked(
        () -> {
          book.tick(now);
          return Map.of("active", (long) book.active(), "waiting", (long) book.waiting());
        });
  }

  /** Ends what has expired, writes what is not on disk yet, and forgets days long gone. */
  public void keepBooks() {
    Instant now = parts.clock.instant();
    locked(
        () -> {
          book.tick(now);
          spent.forgetBefore(oldest(now));
          return now;
        });
    save();
    parts.db.write(tx -> SpentStore.prune(tx, oldest(now)));
  }

  @Override
  public void close() {
    save();
  }

  private Optional<LeaseAnswer.Wait> closed(Ask ask, Device device, Instant now) {
    return order(device.id(), ask.holder().slot(), ask.commandId())
        .map(order -> Opening.closed(order.delivery(), device.labels(), now))
        .orElseGet(() -> Optional.of(noOrder()));
  }

  private Optional<Order> order(DeviceId device, Name slot, String commandId) {
    return parts
        .board
        .desired(device)
        .flatMap(desired -> Optional.ofNullable(desired.slots().get(slot)))
        .filter(order -> order.commandId().equals(commandId));
  }

  // A wait and no refusal: the device will hear of its next order, and this one has not failed.
  private static LeaseAnswer.Wait noOrder() {
    return new LeaseAnswer.Wait(Lease.VALID, "the order that this is for stands no longer", false);
  }

  private Device device(DeviceId id) {
    return parts
        .devices
        .find(id)
        .orElseThrow(() -> Refusal.of(Code.UNAUTHENTICATED, "this device is not enrolled"));
  }

  // Reports are summed only for those whom a cap concerns.
  private Rules rules(Uplink uplink, Instant now) {
    Limits limits = parts.limits.current();
    if (uplink.limits(limits).monthlyCap().isEmpty()) return new Rules(limits, 0);
    var month = parts.uplinks.month(uplink, now).name();
    return new Rules(limits, parts.db.read(rows -> parts.accounts.reported(rows, uplink, month)));
  }

  /**
   * Waits until all that was counted is on disk; commits are shared with whoever writes as well.
   */
  private void save() {
    if (locked(spent::allSaved)) return;
    Set<Spent.Day> tried = ConcurrentHashMap.newKeySet();
    try {
      parts.db.write(
          tx -> {
            Map<Spent.Day, Long> figures = locked(spent::save);
            tried.addAll(figures.keySet());
            figures.forEach(
                (day, bytes) ->
                    SpentStore.save(tx, new SpentStore.Day(day.uplink(), day.date(), bytes)));
            return figures.size();
          });
    } catch (RuntimeException e) {
      LOG.error("leases.save", e, "days", tried.size());
      lock.lock();
      try {
        spent.unsave(tried);
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private static LocalDate oldest(Instant now) {
    return LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DAYS_KEPT);
  }
}

package dev.hatchery.server.leases;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Name;
import dev.hatchery.core.Priority;
import dev.hatchery.server.limits.Uplink;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseUse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A book, a clock and limits, for tests to play with. */
final class Town {
  static final ZoneId OSLO = ZoneId.of("Europe/Oslo");
  static final Digest FILE = Digest.of(new byte[] {1});
  static final Digest OTHER = Digest.of(new byte[] {2});
  static final long MIB = 1 << 20;

  final Spent spent = new Spent();
  final LeaseBook book = new LeaseBook("t", spent);
  Instant now = Instant.parse("2026-11-22T10:00:00Z");
  Limits limits = Limits.NONE;
  long reported;

  static Limits.Site site(int downloads, long rate, long budget, long cap) {
    return new Limits.Site(
        downloads == 0 ? OptionalInt.empty() : OptionalInt.of(downloads),
        size(rate),
        size(budget),
        size(cap),
        1);
  }

  static Limits limits(int downloads, long rate, Limits.Site others) {
    return new Limits(
        new Limits.Server(
            downloads == 0 ? OptionalInt.empty() : OptionalInt.of(downloads), size(rate)),
        Map.of(),
        others,
        Optional.empty());
  }

  private static Optional<DataSize> size(long bytes) {
    return bytes == 0 ? Optional.empty() : Optional.of(new DataSize(bytes));
  }

  static Ask ask(String device, String site, Digest blob, long bytes) {
    return ask(device, site, blob, bytes, true);
  }

  static Ask ask(String device, String site, Digest blob, long bytes, boolean peers) {
    return new Ask(
        new Holder(new DeviceId(device), new Name("vision")),
        "c1",
        new Uplink(site),
        OSLO,
        blob,
        bytes,
        false,
        bytes <= LeaseBook.SMALL.bytes(),
        peers,
        Optional.empty(),
        Priority.NORMAL);
  }

  LeaseAnswer asks(Ask ask) {
    return book.ask(ask, new Rules(limits, reported), now);
  }

  LeaseAnswer asks(String device) {
    return asks(ask(device, "oslo", FILE, 10 * MIB));
  }

  LeaseAnswer.Granted granted(Ask ask) {
    LeaseAnswer answer = asks(ask);
    if (answer instanceof LeaseAnswer.Granted granted) return granted;
    throw new AssertionError(ask.holder().device() + " got " + answer);
  }

  LeaseAnswer.Granted granted(String device) {
    return granted(ask(device, "oslo", FILE, 10 * MIB));
  }

  LeaseAnswer.Wait waits(Ask ask) {
    LeaseAnswer answer = asks(ask);
    if (answer instanceof LeaseAnswer.Wait wait) return wait;
    throw new AssertionError(ask.holder().device() + " got " + answer);
  }

  LeaseAnswer.Wait waits(String device) {
    return waits(ask(device, "oslo", FILE, 10 * MIB));
  }

  Optional<LeaseAnswer> uses(String device, LeaseAnswer.Granted lease, long bytes, boolean done) {
    return book.use(
        new DeviceId(device),
        lease.lease(),
        new LeaseUse(bytes, done),
        new Rules(limits, reported),
        Optional.empty(),
        now);
  }

  void passes(Duration time) {
    now = now.plus(time);
  }

  long spentToday(String site) {
    return spent.on(new Spent.Day(new Uplink(site), now.atZone(OSLO).toLocalDate()));
  }
}

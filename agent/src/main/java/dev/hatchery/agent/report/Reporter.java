package dev.hatchery.agent.report;

import dev.hatchery.agent.api.Answer;
import dev.hatchery.agent.api.Identity;
import dev.hatchery.agent.journal.Entry;
import dev.hatchery.agent.journal.Journal;
import dev.hatchery.agent.slot.Backoff;
import dev.hatchery.agent.slot.Clocks;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Report;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Stack;
import dev.hatchery.core.Window;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.ReportBatch;
import dev.hatchery.wire.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Reports as often as the server asks, and at once when something happened.
 *
 * <p>Not thread-safe but for {@link #interval}: one thread calls {@link #step}.
 */
public final class Reporter {
  /** Before the first answer. */
  private static final Duration FIRST_INTERVAL = Duration.ofSeconds(5);

  private static final Duration SHORTEST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofHours(1);

  // An envelope is at most 64 KiB, and base64 makes a third more of it.
  private static final DataSize MAX_PAYLOAD = DataSize.kib(40);

  /** A batch should get through a poor line in one go. */
  private static final int MAX_BATCH = 16;

  /** While the server is away, a report is made of so many windows. */
  private static final int WORTH_A_REPORT = 64;

  private final Outbox outbox;
  private final Journal journal;
  private final WindowBuffer windows;
  private final Told told;
  private final Sender sender;
  private final Clocks clocks;
  private final RandomGenerator random;
  private final Backoff backoff;
  private Optional<Stack> stackTold = Optional.empty();
  private boolean away;
  private long lastMade;
  private long notBefore;
  // Read by the slots: how long three heartbeats are.
  private volatile Duration interval = FIRST_INTERVAL;

  /**
   * What a report says beside events and windows.
   *
   * @param facts told with the first report, and again when the stack below the models has changed
   * @param counter of the desired state that holds
   * @param wire what the connections to the server have carried since this boot
   */
  public record Told(
      Identity identity,
      String bootId,
      Supplier<DeviceFacts> facts,
      Supplier<Map<Name, SlotStatus>> slots,
      Supplier<Long> counter,
      Supplier<WireCount> wire) {}

  /** Where reports go, and what is done with the heartbeats that come back. */
  public interface Sender {
    Answer<ReportAnswer> send(ReportBatch batch) throws InterruptedException;

    void heartbeat(Envelope heartbeat, String nonce) throws InterruptedException;
  }

  public Reporter(
      Outbox outbox,
      Journal journal,
      WindowBuffer windows,
      Told told,
      Sender sender,
      Clocks clocks,
      RandomGenerator random,
      Backoff backoff) {
    this.outbox = outbox;
    this.journal = journal;
    this.windows = windows;
    this.told = told;
    this.sender = sender;
    this.clocks = clocks;
    this.random = random;
    this.backoff = backoff;
    // The first one soon, but not all devices of a site at once when its power comes back.
    this.lastMade = clocks.nanos() - random.nextLong(FIRST_INTERVAL.toNanos());
    this.notBefore = clocks.nanos();
  }

  /** How long the server lets the device be silent. */
  public Duration interval() {
    return interval;
  }

  /** Makes and sends what is due; call again after what it returns, or when something happened. */
  public Duration step() throws InterruptedException {
    while (!outbox.full() && worthReporting()) make();
    long left = notBefore - clocks.nanos();
    if (left > 0) return Duration.ofNanos(left);
    if (outbox.size() > 0) send();
    journal.compact(outbox.journalThrough());
    long pause = outbox.size() > 0 ? notBefore - clocks.nanos() : untilDue();
    return Duration.ofNanos(Math.max(0, pause));
  }

  private boolean worthReporting() {
    if (!newEntries().stream().flatMap(e -> e.event().stream()).toList().isEmpty()) return true;
    if (away) return windows.size() >= WORTH_A_REPORT;
    return untilDue() <= 0;
  }

  private long untilDue() {
    return lastMade + interval.toNanos() - clocks.nanos();
  }

  private List<Entry> newEntries() {
    List<Entry> entries = journal.after(outbox.journalThrough());
    return entries.subList(0, Math.min(entries.size(), Report.MAX_EVENTS));
  }

  private void make() {
    List<Entry> entries = newEntries();
    List<Window> measured = windows.oldest(Report.MAX_WINDOWS);
    DeviceFacts facts = told.facts.get();
    Report report = report(entries, measured, facts);
    byte[] payload = Wire.REPORT.bytes(report);
    // Windows can wait for the next report; of events, too, if there are very many.
    while (payload.length > MAX_PAYLOAD.bytes() && (entries.size() > 1 || !measured.isEmpty())) {
      if (!measured.isEmpty()) measured = measured.subList(0, measured.size() / 2);
      else entries = entries.subList(0, entries.size() / 2);
      report = report(entries, measured, facts);
      payload = Wire.REPORT.bytes(report);
    }
    Envelope signed = told.identity.sign(Envelope.REPORT, payload);
    outbox.add(signed, entries.isEmpty() ? outbox.journalThrough() : entries.getLast().seq());
    windows.taken(measured);
    stackTold = Optional.of(Stack.of(facts));
    lastMade = clocks.nanos();
  }

  private Report report(List<Entry> entries, List<Window> measured, DeviceFacts facts) {
    List<Event> events = new ArrayList<>();
    for (Entry entry : entries) entry.event().ifPresent(events::add);
    return new Report(
        told.identity.device(),
        told.bootId,
        outbox.nextSeq(),
        outbox.lastHash(),
        clocks.now(),
        told.counter.get(),
        stackTold.equals(Optional.of(Stack.of(facts))) ? Optional.empty() : Optional.of(facts),
        told.slots.get(),
        events,
        measured,
        Optional.of(told.wire.get()));
  }

  private void send() throws InterruptedException {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String nonce = HexFormat.of().formatHex(bytes);
    switch (sender.send(new ReportBatch(nonce, outbox.oldest(MAX_BATCH)))) {
      case Answer.Good<ReportAnswer> good -> {
        int before = outbox.size();
        outbox.acknowledged(good.value().ackSeq());
        interval = clamp(good.value().nextReport());
        // An answer that takes nothing is no better than none.
        away = outbox.size() == before;
        Duration pause = away ? backoff.next() : good.retryAfter();
        if (!away) backoff.reset();
        notBefore = clocks.nanos() + pause.toNanos();
        sender.heartbeat(good.value().heartbeat(), nonce);
      }
      case Answer.Bad<ReportAnswer> bad -> {
        away = true;
        long pause = Math.max(backoff.next().toNanos(), bad.retryAfter().toNanos());
        notBefore = clocks.nanos() + pause;
      }
    }
  }

  private static Duration clamp(Duration asked) {
    if (asked.compareTo(SHORTEST) < 0) return SHORTEST;
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }
}

package dev.hatchery.agent.trust;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.bundle.sign.TrustChain;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Trust;
import dev.hatchery.wire.Wire;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Takes desired states, in the order of checks of the security reference, section 4. A desired
 * state is durable before {@link #desired} shows it, so no counter is ever acted on twice with
 * different content (invariant I5).
 */
public final class Acceptance {
  /** Before the first. */
  public static final Mark NOTHING = new Mark(0, 0);

  // A device that slept through more versions than this walks on with its next poll.
  private static final int MAX_STEPS = 32;

  private final DeviceId device;
  private final TrustStore store;
  private final StateFile<Envelope> file;
  // Written by the poller only, but for `lost`, which the reporter clears.
  private volatile Optional<DesiredState> desired = Optional.empty();
  private volatile Mark mark;
  private volatile Mark seen;
  private volatile boolean lost;
  private Optional<Digest> payload = Optional.empty();

  /** What became of a desired state. */
  public sealed interface Verdict {}

  /** It holds from now on. */
  public record Taken(DesiredState desired) implements Verdict {}

  /** It is the one that holds. */
  public record Known() implements Verdict {}

  /**
   * It is not believed.
   *
   * @param again whether that may change: what has expired by a clock that is ahead is good when
   *     the clock is set right. Nothing else makes the same bytes believable
   */
  public record Refused(Refusal why, Digest document, boolean again) implements Verdict {
    Refused(Refusal why, Digest document) {
      this(why, document, why.code() == Code.EXPIRED);
    }
  }

  /** It cannot be judged now; it should be asked for again. */
  public record Later(Refusal why) implements Verdict {}

  /** A place in the order of desired states. */
  public record Mark(long keyset, long counter) implements Comparable<Mark> {
    @Override
    public int compareTo(Mark other) {
      int c = Long.compare(keyset, other.keyset);
      return c == 0 ? Long.compare(counter, other.counter) : c;
    }

    @Override
    public String toString() {
      return keyset + "/" + counter;
    }
  }

  /**
   * Opens it.
   *
   * @param floor the highest mark that the journal has seen: what counts when the file is lost
   */
  public Acceptance(Disk disk, Path folder, DeviceId device, TrustStore store, Mark floor) {
    this.device = device;
    this.store = store;
    this.file = new StateFile<>(disk, folder.resolve("desired.json"), Wire.ENVELOPE);
    this.mark = floor;
    this.seen = floor;
    StateFile.Reading<Envelope> reading = file.read();
    reading.value().ifPresent(this::recall);
    this.lost = reading instanceof StateFile.Bad<Envelope> && mark.equals(NOTHING);
  }

  private void recall(Envelope envelope) {
    DesiredState held = parse(envelope.payload().toArray());
    Mark heldMark = new Mark(held.keyset(), held.counter());
    if (heldMark.compareTo(mark) < 0) return;
    mark = heldMark;
    seen = heldMark;
    payload = Optional.of(envelope.payload().digest());
    desired = Optional.of(held);
  }

  /** What holds; empty before the first, and while what was held is lost. */
  public Optional<DesiredState> desired() {
    return desired;
  }

  /** Digest of the document that holds, as the server sent it; empty when it is not known. */
  public Optional<Digest> document() {
    return file.read().value().map(e -> Digest.of(Wire.ENVELOPE.bytes(e)));
  }

  /** The highest mark ever taken. */
  public Mark mark() {
    return mark;
  }

  /** The highest mark that the director is known to have signed, taken or not. */
  public Mark seen() {
    return seen;
  }

  /**
   * A fresh, signed heartbeat names this mark. A device whose counters are lost takes no desired
   * state before it has heard one, and none below it (durability reference, section 3).
   */
  public void heard(Mark told) {
    if (!lost) return;
    mark = told;
    lost = false;
  }

  /** Judges the body of an answer. */
  public Verdict take(byte[] body, TrustSource source) throws InterruptedException {
    Digest document = Digest.of(body);
    Envelope envelope;
    DesiredState judged;
    try {
      envelope = Wire.ENVELOPE.parse(body, DesiredState.MAX_SIZE, "desired state");
      judged = judge(envelope, source);
      if (lost) throw counterLost();
    } catch (Refusal refusal) {
      // The device's own storage, not the document.
      if (refusal.code() == Code.STORAGE || refusal.code() == Code.NO_SPACE) throw refusal;
      return passing(refusal.code()) ? new Later(refusal) : new Refused(refusal, document);
    }
    Mark next = new Mark(judged.keyset(), judged.counter());
    Digest digest = envelope.payload().digest();
    if (next.equals(mark) && payload.isPresent()) {
      return payload.get().equals(digest) ? new Known() : new Refused(equivocation(next), document);
    }
    if (next.compareTo(mark) < 0) return new Refused(rollback(next), document);
    file.write(envelope);
    payload = Optional.of(digest);
    mark = next;
    desired = Optional.of(judged);
    return new Taken(judged);
  }

  // Steps 3 to 8. A newer trust document may have changed the director, so the signature is
  // checked again after every step up.
  private DesiredState judge(Envelope envelope, TrustSource source) throws InterruptedException {
    for (int step = 0; step < MAX_STEPS; step++) {
      Trust trust = store.trust();
      Optional<Refusal> unsigned = signature(envelope);
      if (unsigned.isEmpty()) {
        DesiredState judged = parse(envelope.payload().toArray());
        Mark signed = new Mark(judged.keyset(), judged.counter());
        if (judged.device().equals(device) && signed.compareTo(seen) > 0) seen = signed;
        if (judged.keyset() <= trust.version()) return fits(judged, trust);
      }
      if (!store.advance(source)) {
        throw unsigned.orElseGet(() -> missing(trust));
      }
    }
    throw missing(store.trust());
  }

  private Optional<Refusal> signature(Envelope envelope) {
    try {
      store.requireDirected(envelope, Envelope.DESIRED);
      return Optional.empty();
    } catch (Refusal refusal) {
      return Optional.of(refusal);
    }
  }

  private DesiredState fits(DesiredState judged, Trust trust) {
    Instant now = store.now();
    TrustChain.requireUnexpired(trust, now);
    if (!now.isBefore(judged.expires())) {
      throw Refusal.of(Code.EXPIRED, "the desired state has expired")
          .expected("a time before " + judged.expires())
          .got(now);
    }
    if (!judged.device().equals(device)) {
      throw Refusal.of(Code.WRONG_DEVICE, "the desired state is for another device")
          .expected(device)
          .got(judged.device());
    }
    if (judged.keyset() < trust.version()) {
      throw Refusal.of(Code.ROLLBACK, "the desired state was made under an older trust document")
          .expected("keyset " + trust.version())
          .got(judged.keyset());
    }
    return judged;
  }

  private static DesiredState parse(byte[] payload) {
    return Wire.DESIRED.parse(payload, DesiredState.MAX_SIZE, "desired state");
  }

  // What another try may mend; whoever sent it gains nothing by causing it.
  private static boolean passing(Code code) {
    return code == Code.TRUST_MISSING
        || code == Code.UNREACHABLE
        || code == Code.TRUNCATED
        || code == Code.SLOW
        || code == Code.RATE_LIMITED
        || code == Code.UNAUTHENTICATED;
  }

  private static Refusal counterLost() {
    return Refusal.of(Code.TRUST_MISSING, "the device's counters are lost")
        .expected("a heartbeat of the server first");
  }

  private static Refusal missing(Trust trust) {
    return Refusal.of(Code.TRUST_MISSING, "the desired state needs a newer trust document")
        .expected("version " + (trust.version() + 1))
        .got("none");
  }

  private Refusal rollback(Mark next) {
    return Refusal.of(Code.ROLLBACK, "the desired state is older than one already taken")
        .expected("after " + mark)
        .got(next);
  }

  private static Refusal equivocation(Mark next) {
    return Refusal.of(Code.EQUIVOCATION, "two different desired states have one counter")
        .at(next.toString());
  }
}

package dev.hatchery.agent.journal;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Order;
import java.util.Optional;

/** One step of the install protocol (durability reference, section 2), or something beside it. */
public sealed interface Step {
  /** The order may be acted on; a replay of it is safe from here on. */
  record Accepted(Order order, long keyset, long counter) implements Step {}

  /**
   * Every file is here and has the right hash.
   *
   * @param note why a cheaper way did not work; empty when it did, or was not tried
   */
  record Fetched(String note) implements Step {}

  /** The bundle was read back from disk and is what the release keys signed. */
  record Verified() implements Step {}

  /**
   * The switch may begin.
   *
   * @param lkg what to go back to; absent on a first install
   */
  record Trial(Optional<Digest> lkg, int startsLeft) implements Step {}

  /** The service is about to be started on the bundle; written before it is. */
  record Started(int startsLeft) implements Step {}

  /** The bundle has proved itself. */
  record Confirmed() implements Step {}

  /** The bundle is about to run beside the one that is served. */
  record Shadowing() implements Step {}

  /** The service has proved that it runs the bundle beside the one it serves. */
  record Shadowed() implements Step {}

  /**
   * The slot is about to go back.
   *
   * @param to where; absent when there is nothing to go back to
   */
  record RollingBack(Optional<Digest> to, Code reason, String detail) implements Step {}

  /** The slot is back on {@code to}. */
  record RolledBack(Digest to, Code reason, String detail) implements Step {}

  /** The order came to nothing. */
  record Failed(Code reason, String detail) implements Step {}

  /** The disk was not as the journal says, and was put right. */
  record Repaired(Code reason, String detail) implements Step {}

  /** The service was started by somebody else. */
  record Restarted(String detail) implements Step {}

  /** Something that came from the server was not believed; the slot is as it was. */
  record Refused(Digest document, Code reason, String detail) implements Step {}

  /** What a report tells of this step; most of a trial's inner steps are nobody's business. */
  default Optional<Event.Kind> told() {
    return switch (this) {
      case Accepted _ -> Optional.of(Event.Kind.ACCEPTED);
      case Fetched _ -> Optional.of(Event.Kind.FETCHED);
      case Verified _ -> Optional.of(Event.Kind.VERIFIED);
      case Trial _ -> Optional.of(Event.Kind.TRIAL);
      case Confirmed _ -> Optional.of(Event.Kind.CONFIRMED);
      case Shadowed _ -> Optional.of(Event.Kind.SHADOWED);
      case RolledBack _ -> Optional.of(Event.Kind.ROLLED_BACK);
      case Failed _, Refused _ -> Optional.of(Event.Kind.FAILED);
      case Repaired _ -> Optional.of(Event.Kind.REPAIRED);
      case Restarted _ -> Optional.of(Event.Kind.SERVICE_RESTARTED);
      case Started _, RollingBack _, Shadowing _ -> Optional.empty();
    };
  }

  default Optional<Code> why() {
    return switch (this) {
      case RollingBack back -> Optional.of(back.reason);
      case RolledBack back -> Optional.of(back.reason);
      case Failed failed -> Optional.of(failed.reason);
      case Repaired repaired -> Optional.of(repaired.reason);
      case Refused refused -> Optional.of(refused.reason);
      // A note, not a failure: the kind of the event says what became of the order.
      case Fetched fetched when !fetched.note.isEmpty() -> Optional.of(Code.DELTA);
      case Accepted _,
          Fetched _,
          Verified _,
          Trial _,
          Started _,
          Confirmed _,
          Shadowing _,
          Shadowed _,
          Restarted _ ->
          Optional.empty();
    };
  }

  default String words() {
    return switch (this) {
      case RollingBack back -> back.detail;
      case RolledBack back -> back.detail;
      case Failed failed -> failed.detail;
      case Repaired repaired -> repaired.detail;
      case Refused refused -> refused.detail;
      case Restarted restarted -> restarted.detail;
      case Fetched fetched -> fetched.note;
      case Accepted _, Verified _, Trial _, Started _, Confirmed _, Shadowing _, Shadowed _ -> "";
    };
  }
}

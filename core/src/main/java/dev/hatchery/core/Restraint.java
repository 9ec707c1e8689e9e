package dev.hatchery.core;

import java.time.Instant;
import java.util.Optional;

/**
 * What an operator puts in the way of rollouts. None of it keeps a device from going back.
 *
 * @param slot of a pin
 * @param device the one it is about; or
 * @param selector those it is about; a freeze is about all
 * @param from it holds from then on
 * @param until it ends then; a pin ends when it is taken away
 * @param reason for people, at most 512 characters
 */
public record Restraint(
    Kind kind,
    Optional<Name> slot,
    Optional<DeviceId> device,
    Optional<Selector> selector,
    Instant from,
    Optional<Instant> until,
    String reason) {
  private static final int MAX_REASON = 512;

  /** What is kept from happening. */
  public enum Kind {
    /** A slot stays on what it has; rollouts leave the device out. */
    PIN,
    /** A device gets no new order for a while; the stage waits for it. */
    HOLD,
    /** No device gets a new order of a rollout for a while. */
    FREEZE
  }

  public Restraint {
    boolean someone = device.isPresent() != selector.isPresent();
    boolean nobody = device.isEmpty() && selector.isEmpty();
    if (kind == Kind.FREEZE ? !nobody : !someone) {
      throw Refusal.of(Code.BAD_INPUT, "it is not clear whom this is about")
          .expected(kind == Kind.FREEZE ? "no device: a freeze is about all" : "device or selector")
          .got(nobody ? "neither" : "device " + device + ", selector " + selector);
    }
    if (slot.isPresent() != (kind == Kind.PIN)) {
      throw Refusal.of(Code.BAD_INPUT, "a pin, and only a pin, names a slot");
    }
    if (until.isPresent() == (kind == Kind.PIN)) {
      throw Refusal.of(Code.BAD_INPUT, "a hold and a freeze end by themselves, a pin does not");
    }
    if (until.isPresent() && !until.get().isAfter(from)) {
      throw Refusal.of(Code.BAD_INPUT, "this ends before it begins")
          .expected("after " + from)
          .got(until.get());
    }
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw Refusal.of(Code.BAD_INPUT, "a reason has a wrong length")
          .expected("1 to " + MAX_REASON + " characters")
          .got(reason.length());
    }
  }

  /** Whether it has begun and has not ended. */
  public boolean inForce(Instant now) {
    return !now.isBefore(from) && !over(now);
  }

  public boolean over(Instant now) {
    return until.filter(end -> !now.isBefore(end)).isPresent();
  }

  /** Whether it is about this device. */
  public boolean concerns(DeviceId id, Labels labels) {
    return device.map(id::equals).or(() -> selector.map(s -> s.matches(labels))).orElse(true);
  }
}

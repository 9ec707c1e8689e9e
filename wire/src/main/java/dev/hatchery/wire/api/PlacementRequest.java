package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Selector;
import java.util.Optional;

/**
 * Puts a slot of one device, or of those that a selector takes, on a release by hand.
 *
 * @param device the one; or
 * @param selector those
 * @param release of a pin: what they are to run
 * @param reason for the record and for the devices; 1 to 512 characters
 */
public record PlacementRequest(
    Kind kind,
    Name slot,
    Optional<DeviceId> device,
    Optional<Selector> selector,
    Optional<ReleaseId> release,
    String reason) {
  private static final int MAX_REASON = 512;

  /** Which release is meant. */
  public enum Kind {
    /** What each device had before, from its own disk. */
    ROLLBACK,
    /** One that is named. */
    PIN
  }

  public PlacementRequest {
    if (device.isPresent() == selector.isPresent()) {
      throw Refusal.of(Code.BAD_INPUT, "it is not clear whom this is about")
          .expected("device or selector")
          .got(device.isPresent() ? "both" : "neither");
    }
    if (release.isPresent() != (kind == Kind.PIN)) {
      throw Refusal.of(Code.BAD_INPUT, "a pin to a release, and nothing else, names one");
    }
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw Refusal.of(Code.BAD_INPUT, "a reason has a wrong length")
          .expected("1 to " + MAX_REASON + " characters")
          .got(reason.length());
    }
  }

  /** Whom it is about, for people. */
  public String whom() {
    return device.map(DeviceId::value).or(() -> selector.map(Selector::toString)).orElseThrow();
  }
}

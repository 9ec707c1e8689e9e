package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Selector;
import java.time.Duration;
import java.util.Optional;

/**
 * Another updater asks before it changes devices, asks how it stands, or lets go.
 *
 * @param device the one it is about; or
 * @param selector those it is about
 * @param owner who asks; with whom it is about, it names the permit, so asking again renews it
 * @param reason for people
 * @param time how long it lasts unless it is let go before
 * @param changed on letting go: what was changed below the models, if anything was
 */
public record PermitRequest(
    Optional<DeviceId> device,
    Optional<Selector> selector,
    String owner,
    String reason,
    Duration time,
    Optional<String> changed) {
  public static final Duration DEFAULT = Duration.ofHours(1);
  public static final Duration MAX = Duration.ofHours(24);
  private static final int MAX_TEXT = 128;

  public PermitRequest {
    if (device.isPresent() == selector.isPresent()) {
      throw Refusal.of(Code.BAD_INPUT, "it is not clear whom this is about")
          .expected("device or selector")
          .got(device.isPresent() ? "both" : "neither");
    }
    requireShort("an owner", owner);
    if (!reason.isEmpty()) requireShort("a reason", reason);
    changed.ifPresent(what -> requireShort("what was changed", what));
    if (!time.isPositive() || time.compareTo(MAX) > 0) {
      throw Refusal.of(Code.BAD_INPUT, "a permit ends by itself, and in time")
          .expected("above 0s, at most 24h")
          .got(time);
    }
  }

  private static void requireShort(String what, String text) {
    if (!text.isBlank() && text.length() <= MAX_TEXT) return;
    throw Refusal.of(Code.BAD_INPUT, what + " has a wrong length")
        .expected("1 to " + MAX_TEXT + " characters")
        .got(text.length());
  }
}

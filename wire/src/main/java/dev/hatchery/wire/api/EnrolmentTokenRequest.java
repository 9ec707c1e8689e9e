package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.time.Duration;

/**
 * Asks for a token with which devices may join.
 *
 * @param maxUses how many devices
 * @param validFor at most 24 hours
 */
public record EnrolmentTokenRequest(int maxUses, Duration validFor) {
  public static final int MAX_USES = 100_000;
  public static final Duration MAX_VALID = Duration.ofHours(24);

  public EnrolmentTokenRequest {
    if (maxUses < 1
        || maxUses > MAX_USES
        || !validFor.isPositive()
        || validFor.compareTo(MAX_VALID) > 0) {
      throw Refusal.of(Code.BAD_INPUT, "an enrolment token is bounded in uses and time")
          .expected("1 to " + MAX_USES + " uses, at most " + MAX_VALID.toHours() + "h")
          .got(maxUses + " uses, " + validFor);
    }
  }
}

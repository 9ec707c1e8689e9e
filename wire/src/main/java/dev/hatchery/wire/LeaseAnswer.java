package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Whether a device may use the uplink now. */
public sealed interface LeaseAnswer {
  /**
   * It may.
   *
   * @param lease names it, in the path of its renewals
   * @param valid it ends by itself when it is not renewed within
   * @param rate bytes per second, at most
   * @param bytes at most, where a budget leaves no more
   */
  record Granted(String lease, Duration valid, Optional<DataSize> rate, OptionalLong bytes)
      implements LeaseAnswer {
    private static final Pattern LEASE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public Granted {
      if (!LEASE.matcher(lease).matches()) {
        throw Refusal.of(Code.BAD_INPUT, "this is not a lease").expected(LEASE).got(lease);
      }
      requireTime(valid);
      if (bytes.isPresent() && bytes.getAsLong() < 0) {
        throw Refusal.of(Code.BAD_INPUT, "bytes cannot be negative").got(bytes.getAsLong());
      }
    }
  }

  /**
   * Not yet.
   *
   * @param reason which limit holds, in plain words
   * @param siteIsFetching a device of the same site is fetching this file: ask the peers
   */
  record Wait(Duration retryAfter, String reason, boolean siteIsFetching) implements LeaseAnswer {
    private static final int MAX_REASON = 512;

    public Wait {
      requireTime(retryAfter);
      if (reason.length() > MAX_REASON) reason = reason.substring(0, MAX_REASON);
    }
  }

  private static void requireTime(Duration time) {
    if (!time.isPositive() || time.compareTo(Duration.ofDays(40)) > 0) {
      throw Refusal.of(Code.BAD_INPUT, "a lease's time is out of range")
          .expected("above 0, at most 40d")
          .got(time);
    }
  }
}

package dev.hatchery.lab.fleet;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/**
 * What is simulated.
 *
 * @param days of virtual time with faults; the time until the fleet has come to rest comes on top
 */
public record FleetSetting(int devices, int days, Mode mode, Signing signing) {
  private static final int DEVICES_MAX = 10_000;
  private static final int DAYS_MAX = 365;

  /** When the faults end. */
  public enum Mode {
    /** Never: nothing bad may happen meanwhile. */
    SAFETY,
    /** After the days: then everything has to come to a good end as well. */
    LIVENESS
  }

  /** What signatures are made of. */
  public enum Signing {
    /** Hashes, which fail where signatures fail. */
    CHEAP,
    /** Curves, as on devices. */
    REAL
  }

  public FleetSetting {
    if (devices < 1 || devices > DEVICES_MAX || days < 1 || days > DAYS_MAX) {
      throw Refusal.of(Code.BAD_INPUT, "this fleet cannot be simulated")
          .expected("1 to " + DEVICES_MAX + " devices, 1 to " + DAYS_MAX + " days")
          .got(devices + " devices, " + days + " days");
    }
  }
}

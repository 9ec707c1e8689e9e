package dev.hatchery.lab.gates;

import dev.hatchery.lab.chance.Chance;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is rolled out, on what fleet. */
public enum Scenario {
  HEALTHY(Traits.USUAL, Fault.NONE),
  LATENCY2X(Traits.USUAL, Fault.SLOW),
  ERRORS10(Traits.USUAL, Fault.ERRORS10),
  ERRORS20(Traits.USUAL, Fault.ERRORS20),
  CRASHLOOP(Traits.USUAL, Fault.CRASH_LOOP),
  /** A tenth of the devices is hit: by crashes, errors or slowness, in turn from run to run. */
  FAULT_TENTH(Traits.USUAL, Fault.CRASH_LOOP),
  SILENT(Traits.USUAL, Fault.SILENT),
  /** A good release where three devices in ten sleep at night. */
  DUTYCYCLE(Traits.SLEEPING, Fault.NONE),
  /** A good release where load, latency and errors swing between day and night. */
  DIURNAL(Traits.DIURNAL, Fault.NONE),
  /** A good release on devices that differ much. */
  HETEROGENEOUS(Traits.DIFFERING, Fault.NONE),
  /** A good release where a slow minute follows a slow minute. */
  AUTOCORRELATED(Traits.CORRELATED, Fault.NONE);

  private static final double TENTH = 0.1;
  private static final Fault[] IN_TURN = {Fault.CRASH_LOOP, Fault.ERRORS20, Fault.SLOW};

  private final Traits traits;
  private final Fault fault;

  Scenario(Traits traits, Fault fault) {
    this.traits = traits;
    this.fault = fault;
  }

  /** As it is typed, for example {@code fault-tenth}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Scenario> of(String label) {
    return Arrays.stream(values()).filter(s -> s.label().equals(label)).findFirst();
  }

  /** Whether the release ought to be stopped. */
  public boolean bad() {
    return fault != Fault.NONE;
  }

  Traits traits() {
    return traits;
  }

  /** What the release does to a device, in this run. */
  Fault fault(long run, Chance chance) {
    if (this != FAULT_TENTH) return fault;
    boolean hit = chance.happens(TENTH);
    return hit ? IN_TURN[(int) (run % IN_TURN.length)] : Fault.NONE;
  }
}

package dev.hatchery.lab.gates;

/** What a release does to a device that it hits. */
enum Fault {
  NONE,
  /** Every inference takes twice as long. */
  SLOW,
  /** A tenth of the inferences fails. */
  ERRORS10,
  /** A fifth of them. */
  ERRORS20,
  /** The service does not stay up; the device goes back alone. */
  CRASH_LOOP,
  /** Some minutes after the switch the device is not heard of any more. */
  SILENT
}

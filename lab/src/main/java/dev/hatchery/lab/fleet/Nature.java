package dev.hatchery.lab.fleet;

/** How a release behaves on devices. */
enum Nature {
  GOOD,
  /** It comes up, and dies again within a minute, for ever. */
  CRASHES,
  /** It never gets ready. */
  STUCK,
  /** It answers with errors, one in four. */
  ERRS,
  /** Three times the latency. */
  SLOW,
  /** It never gets ready on a tenth of the devices. */
  TENTH
}

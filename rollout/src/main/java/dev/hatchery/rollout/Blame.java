package dev.hatchery.rollout;

import dev.hatchery.core.Code;

/** What a device's failure to switch speaks against. */
enum Blame {
  /** The bundle or its files: the same may be expected on other devices. */
  RELEASE,
  /** The device's network, disk, clock or orders; says nothing about the release. */
  WORLD,
  /** Nothing went wrong. */
  NOBODY;

  /**
   * A device that went back after it had switched speaks against the release whatever the reason it
   * gives; one that never switched only where the reason is the bundle's making. What is not
   * understood counts against the release.
   */
  static Blame of(Code code, boolean switched) {
    return switch (code) {
      case SUPERSEDED, REPAIRED -> NOBODY;
      case BAD_INPUT,
          TOO_LARGE,
          BAD_SPEC,
          MALFORMED_MODEL,
          UNKNOWN_METRIC,
          CONFLICT,
          IMMUTABLE,
          ILLEGAL_STATE,
          BAD_SIGNATURE,
          THRESHOLD,
          WRONG_KEY,
          HASH,
          SIZE,
          EXTRA_FILE,
          MISSING_FILE,
          UNSAFE_PATH,
          REVOKED,
          BELOW_FLOOR,
          INCOMPATIBLE,
          NOT_READY,
          LOADER,
          GOLDEN,
          CRASH_LOOP,
          BOOT_LOOP,
          STALLED,
          INTERNAL ->
          RELEASE;
      case UNAUTHENTICATED,
          FORBIDDEN,
          NOT_FOUND,
          RATE_LIMITED,
          LIMIT,
          NO_LEASE,
          BUDGET,
          DELTA,
          ROLLBACK,
          EQUIVOCATION,
          FREEZE,
          EXPIRED,
          WRONG_DEVICE,
          TRUST_MISSING,
          NO_SPACE,
          DENIED,
          UNREACHABLE,
          TRUNCATED,
          SLOW,
          PEER,
          STORAGE,
          NO_JDK ->
          switched ? RELEASE : WORLD;
    };
  }

  /**
   * Whether the same device would fail in the same way again: the bundle's bytes, its signatures or
   * its fit to the device decided, and none of them changes by waiting.
   */
  static boolean lasting(Code code) {
    return switch (code) {
      case BAD_INPUT,
          TOO_LARGE,
          BAD_SPEC,
          MALFORMED_MODEL,
          BAD_SIGNATURE,
          THRESHOLD,
          WRONG_KEY,
          HASH,
          SIZE,
          EXTRA_FILE,
          MISSING_FILE,
          UNSAFE_PATH,
          REVOKED,
          BELOW_FLOOR,
          INCOMPATIBLE ->
          true;
      case UNKNOWN_METRIC,
          UNAUTHENTICATED,
          FORBIDDEN,
          NOT_FOUND,
          CONFLICT,
          IMMUTABLE,
          ILLEGAL_STATE,
          RATE_LIMITED,
          LIMIT,
          NO_LEASE,
          BUDGET,
          DELTA,
          ROLLBACK,
          EQUIVOCATION,
          FREEZE,
          EXPIRED,
          WRONG_DEVICE,
          TRUST_MISSING,
          NO_SPACE,
          DENIED,
          NOT_READY,
          LOADER,
          GOLDEN,
          CRASH_LOOP,
          BOOT_LOOP,
          STALLED,
          SUPERSEDED,
          REPAIRED,
          UNREACHABLE,
          TRUNCATED,
          SLOW,
          PEER,
          STORAGE,
          NO_JDK,
          INTERNAL ->
          false;
    };
  }
}

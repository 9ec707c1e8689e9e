package dev.hatchery.core;

/**
 * The two streams of change that never meet on a device: what is inferred with, and what lies below
 * it. Each has releases, channels and rollouts of its own.
 */
public enum Pipeline {
  /** Models and adapters. */
  MODEL,
  /** System, kernel, driver and accelerator firmware, whoever changes them. */
  FIRMWARE;

  /** The slot that is firmware's unless something else is said. */
  public static final Name FIRMWARE_SLOT = new Name("os");

  /** What a slot of this name takes where nobody says otherwise. */
  public static Pipeline usual(Name slot) {
    return slot.equals(FIRMWARE_SLOT) ? FIRMWARE : MODEL;
  }

  public Pipeline other() {
    return this == MODEL ? FIRMWARE : MODEL;
  }
}

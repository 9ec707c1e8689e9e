package dev.hatchery.core;

/** What a rollout does about devices of a small stage that sleep when they are to be ordered. */
public enum Sleeping {
  /** Their stage waits until they wake. */
  HOLD,
  /** One like it that is awake takes its place, and it comes in that one's later stage. */
  REPLACE
}

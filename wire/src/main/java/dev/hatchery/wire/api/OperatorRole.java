package dev.hatchery.wire.api;

/** What a token opens. */
public enum OperatorRole {
  /** The operator API. */
  OPERATOR,
  /** Asking for permits, and nothing else. */
  UPDATER
}

package dev.hatchery.server.http;

/** Who may use a route. There is no default: a route that does not say is not a route. */
public enum Access {
  /**
   * Anyone: enrolment and tokens prove themselves in their bodies; health and pages tell nothing.
   */
  OPEN,
  DEVICE,
  OPERATOR,
  /** Operators, and other updaters by a token of their own. */
  OPERATOR_OR_UPDATER,
  /** Devices for what is assigned to them, operators for all. */
  DEVICE_OR_OPERATOR
}

package dev.hatchery.core;

/** What a key may sign. */
public enum Role {
  /** The next trust document. Offline. */
  ROOT,
  /** Bundles. In CI, an HSM or offline; never on the server. */
  RELEASE,
  /** The floor and the revocations. Offline. */
  POLICY,
  /** Desired states and heartbeats. The server's own, online. */
  DIRECTOR
}

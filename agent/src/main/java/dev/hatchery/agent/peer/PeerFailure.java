package dev.hatchery.agent.peer;

import java.io.IOException;

/** A neighbour did not do what it was asked. */
final class PeerFailure extends IOException {
  private final Fault fault;

  PeerFailure(Fault fault, String why) {
    super(why);
    this.fault = fault;
  }

  PeerFailure(Fault fault, IOException cause) {
    super(cause.getMessage(), cause);
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }
}

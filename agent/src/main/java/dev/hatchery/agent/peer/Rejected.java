package dev.hatchery.agent.peer;

/** A request that is answered with a status and nothing else. */
final class Rejected extends Exception {
  private final int status;

  Rejected(int status) {
    // Whoever sends nonsense shall not cost a stack trace each time.
    super("status " + status, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}

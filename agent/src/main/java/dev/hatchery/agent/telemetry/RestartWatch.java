package dev.hatchery.agent.telemetry;

import java.util.OptionalDouble;

/**
 * Counts the service's restarts, each once: by its start time where it tells one, else by its going
 * away and coming back.
 *
 * <p>Not thread-safe: one slot, one thread.
 */
public final class RestartWatch {
  private boolean known;
  private boolean away;
  private OptionalDouble started = OptionalDouble.empty();

  /** The service did not answer. */
  public void missed() {
    away = true;
  }

  /**
   * The service answered.
   *
   * @return whether it was started by somebody since it last did
   */
  public boolean answered(OptionalDouble startTime) {
    boolean comparable = started.isPresent() && startTime.isPresent();
    boolean restarted =
        known && (comparable ? started.getAsDouble() != startTime.getAsDouble() : away);
    known = true;
    away = false;
    started = startTime;
    return restarted;
  }

  /** The agent itself is about to start it: that is no restart. */
  public void expected() {
    known = false;
    away = false;
  }
}

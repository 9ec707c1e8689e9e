package dev.hatchery.server.deltas;

import dev.hatchery.core.Digest;
import java.time.Duration;

/**
 * A patch, made or not.
 *
 * @param targetSize bytes of the file that it makes
 * @param wanted how many devices it would serve, as last counted
 */
public record Delta(Pair pair, long targetSize, long wanted, State state) {
  /** Where it stands. */
  public sealed interface State {}

  /** It waits to be made, or is being made. */
  public record Pending() implements State {}

  /**
   * It is a blob of the repository, and was proved.
   *
   * @param size bytes, fewer than the target has
   * @param took to make and prove it
   */
  public record Ready(Digest patch, long size, Duration took) implements State {}

  /**
   * There will be none.
   *
   * @param lasting whether trying again would say the same
   */
  public record Refused(boolean lasting, String reason) implements State {}

  static final State PENDING = new Pending();

  Delta with(State next) {
    return new Delta(pair, targetSize, wanted, next);
  }

  Delta wanted(long more) {
    return new Delta(pair, targetSize, Math.max(wanted, more), state);
  }

  boolean pending() {
    return state instanceof Pending;
  }
}

package dev.hatchery.server.deltas;

/**
 * How far the patches of a release are.
 *
 * @param done made, or refused
 * @param of all that are wanted
 */
public record Progress(int done, int of) {
  public boolean complete() {
    return done >= of;
  }
}

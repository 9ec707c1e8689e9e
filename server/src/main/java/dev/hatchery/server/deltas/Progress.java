package dev.hatchery.server.deltas;

/**
 * How far the patches are that devices need for a release.
 *
 * @param done made, or refused
 * @param of all that are wanted
 */
public record Progress(int done, int of) {
  public boolean complete() {
    return done >= of;
  }
}

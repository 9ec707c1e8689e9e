package dev.hatchery.wire.api;

/**
 * What a rollout will cost on the uplink, as far as the server can tell.
 *
 * @param full what its devices would fetch without patches
 * @param planned what they will fetch with those that are made by now; peers may save more
 * @param withDelta how many of the devices have a patch
 * @param ready whether every patch that is worth it is made, so that {@code planned} is final
 * @param detail in plain words, for example what is still being made
 */
public record ExpectedBytes(
    long full, long planned, int devices, int withDelta, boolean ready, String detail) {
  /** Nobody has planned yet. */
  public static final ExpectedBytes UNKNOWN = new ExpectedBytes(0, 0, 0, 0, false, "");
}

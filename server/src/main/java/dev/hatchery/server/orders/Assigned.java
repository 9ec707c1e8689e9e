package dev.hatchery.server.orders;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.server.releases.ReleaseStore;

/**
 * Which bytes a device may fetch: those of the releases that its desired state names, and the
 * patches that make their files.
 */
public final class Assigned {
  private final Board board;
  private final ReleaseStore releases;
  private final Patches patches;

  public Assigned(Board board, ReleaseStore releases, Patches patches) {
    this.board = board;
    this.releases = releases;
    this.patches = patches;
  }

  /** Answered from memory. */
  public boolean may(DeviceId device, Name repo, Digest blob) {
    return board.desired(device).stream()
        .flatMap(desired -> desired.slots().values().stream())
        .filter(order -> order.release().name().equals(repo))
        .anyMatch(order -> holds(order, blob) || makes(order, blob));
  }

  private boolean holds(Order order, Digest blob) {
    return releases.holds(order.manifest(), blob);
  }

  private boolean makes(Order order, Digest patch) {
    return patches.targets(order.release().name(), patch).stream().anyMatch(f -> holds(order, f));
  }

  /** The same for a blob of whichever release. */
  public boolean may(DeviceId device, Digest blob) {
    return board.desired(device).stream()
        .flatMap(desired -> desired.slots().values().stream())
        .anyMatch(order -> releases.holds(order.manifest(), blob));
  }
}
